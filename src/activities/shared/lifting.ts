import { actionWorkflowId } from '../../contract/ids.ts';
import type { Action } from '../../domain/action/action.ts';
import type { Hold } from '../../domain/admission/hold.ts';
import { heldLevel } from '../../domain/autonomy/held-level.ts';
import { changesIn } from '../../domain/autonomy/standing.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { lastOnRecord } from '../../domain/record/on-record.ts';
import { type Behind, type StandingHold, standingHold, stops } from '../../domain/ruling/lift-hold.ts';
import type { Holds } from '../ports/holds.ts';
import type { Ledger } from '../ports/ledger.ts';
import { standingFacts } from './standing.ts';

export interface LiftingDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly holds: Pick<Holds, 'list'>;
}

/** The prefix of `placedBy` of a hold that an action left behind. */
const ACTION_PREFIX = actionWorkflowId('');

/** The agent that a hold stops, by what the ledger says. Undefined where the hold is not on a single agent. */
export async function behindHold(
  { ledger, installation }: Pick<LiftingDeps, 'ledger' | 'installation'>,
  { scope, placedBy }: Hold,
): Promise<Behind | undefined> {
  const actionId = placedBy.startsWith(ACTION_PREFIX) ? placedBy.slice(ACTION_PREFIX.length) : undefined;
  const record =
    actionId === undefined ? undefined : lastOnRecord(actionId, await ledger.entriesOf(actionId));
  const agent = scope.kind === 'agent' ? scope.agent : record?.ruled?.action.agent.id;
  if (agent === undefined) return undefined;
  const facts = await standingFacts({ ledger, installation }, agent);
  const granters = changesIn(facts).flatMap(({ key }) => {
    const origin = heldLevel(facts, key)?.given;
    return origin?.kind === 'granted' ? origin.by : [];
  });
  return { agent, granters: [...new Set(granters)], editors: record?.edits.map(({ by }) => by) ?? [] };
}

/** The holds that stop an action, and who can lift each: so nobody decides in vain. */
export async function holdsOn(
  deps: LiftingDeps,
  action: Action,
  autonomous: boolean,
): Promise<StandingHold[]> {
  const holdsInTheWay = (await deps.holds.list()).filter((hold) => stops(hold, action, autonomous));
  return Promise.all(
    holdsInTheWay.map(async (hold) => standingHold(deps.installation, hold, await behindHold(deps, hold))),
  );
}
