import { actionWorkflowId } from '../../contract/ids.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { lastOnRecord } from '../../domain/record/on-record.ts';
import type { Alerts } from '../ports/alerts.ts';
import type { Holds } from '../ports/holds.ts';
import type { Ledger } from '../ports/ledger.ts';
import { endingNow } from './outside.ts';

/** The actions that run. Throws when the store is unreachable. */
export interface Running {
  /** The ids of the actions of these types that were admitted and are not closed. */
  ofTypes(actionTypes: readonly string[]): Promise<readonly string[]>;
}

export interface NudgeDeps {
  readonly installation: Installation;
  readonly alerts: Alerts;
  readonly holds: Holds;
  readonly ledger: Ledger;
  readonly running: Running;
  /** Tells a workflow to look whether something ended its watch. Throws when it cannot be told. */
  readonly tell: (workflowId: string) => Promise<void>;
  readonly now: () => number;
}

/** How long until an action that still does not know is told again, in milliseconds. Each time costs its history a few events. */
const AGAIN_AFTER_MS = 60_000;

/**
 * Tells watched actions that something from outside ended their watch, so that they need not wait for their next check. A workflow is told
 * nothing but to look: what it finds then, an activity finds out (INVARIANT 13). So it is no matter when a message is lost, or comes twice.
 *
 * @returns how many actions were told
 */
export function createNudge(deps: NudgeDeps): () => Promise<number> {
  const { installation, ledger, running, tell, now } = deps;
  const types = Object.values(installation.actionTypes).flatMap(({ name, watch }) =>
    (watch?.abortOn ?? []).length > 0 ? name : [],
  );
  let toldAt: ReadonlyMap<string, number> = new Map();

  async function isToBeTold(actionId: string): Promise<boolean> {
    if (now() - (toldAt.get(actionId) ?? 0) < AGAIN_AFTER_MS) return false;
    const record = lastOnRecord(actionId, await ledger.entriesOf(actionId));
    return record !== undefined && (await endingNow(deps, record, now())) !== undefined;
  }

  return async () => {
    if (types.length === 0) return 0;
    const actionIds = await running.ofTypes(types);
    toldAt = new Map([...toldAt].filter(([actionId]) => actionIds.includes(actionId)));
    let told = 0;
    for (const actionId of actionIds) {
      if (!(await isToBeTold(actionId))) continue;
      await tell(actionWorkflowId(actionId));
      toldAt = new Map([...toldAt, [actionId, now()]]);
      told += 1;
    }
    return told;
  };
}
