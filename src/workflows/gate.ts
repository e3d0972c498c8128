import { CancellationScope, condition } from '@temporalio/workflow';
import { searchAttributes } from '../contract/search-attributes.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import type { Requirement } from '../domain/approval/requirement.ts';
import { decided, type Settlement, stopsAction } from '../domain/approval/settlement.ts';
import type { Route } from '../domain/escalation/route.ts';
import { TOO_MUCH_SAID } from '../domain/record/history-room.ts';
import type { ActionRecord } from './action-record.ts';
import { settle as settleActivity } from './activities.ts';
import { type Following, followRoute, giveUp, openRoute } from './follow-route.ts';
import { takePageBack, tell, tellSettled } from './notify.ts';
import type { Revised } from './why-asked-again.ts';

export interface Gate {
  readonly requirement: Requirement;
  readonly route: Route;
}

/** Waits for people to decide. Returns the outcome or the edit that stops the action; undefined when the action may go on. */
export async function gate(record: ActionRecord, gateRuling: Gate): Promise<Outcome | Revised | undefined> {
  const settlement = await settle(record, gateRuling);
  // A page that asked for a decision is resolved while the action goes on. The page of a tier-2 window only told of the action, and
  // stays.
  if (settlement?.kind !== 'proceed') record.inBackground(takePageBack(record));
  if (!settlement) return { kind: 'revised', jws: record.revised ?? '' };
  record.add({ settlement, status: 'admitting' });
  record.inBackground(tellSettled(record, gateRuling.route));
  if (settlement.kind === 'brokenGlass')
    record.inBackground(
      tell(record, { kind: 'glassBroken' }, { by: 'mail', whom: 'everybody who was passed over' }),
    );
  return stopsAction(settlement);
}

/** Waits while the escalation route runs. INVARIANT 9: the settlement is in the ledger. Undefined: a person edited the action. */
async function settle(record: ActionRecord, { requirement, route }: Gate): Promise<Settlement | undefined> {
  const walk = openRoute(record, route);
  record.index(
    'waiting',
    { key: searchAttributes.tier, value: record.known.ruling.tier },
    { key: searchAttributes.deadline, value: new Date(walk.deadline) },
  );
  const decision = () => decided(requirement, record.state.votes, record.state.breakGlass);
  const isOver = () => record.revised !== undefined || decision() !== undefined || record.room === 'none';
  // Messages are sent while the workflow waits, and end with it: nobody is asked about what is already decided.
  const messages = new CancellationScope();
  const pending: Following['pending'] = new Map();
  try {
    await followRoute(record, route, walk, { isDecided: isOver, messages, pending });
    for (;;) {
      if (record.revised) return undefined;
      if (!decision() && record.room !== 'enough') return { kind: 'undeliverable', reason: TOO_MUCH_SAID };
      if (!isOver() && route.onSilence === 'proceed') await pageOnCall(record, messages, isOver);
      if (record.revised) return undefined;
      record.settling = true;
      const result = await settleActivity({ statements: record.statements, decidedAt: Date.now() });
      if (result.kind === 'settled') {
        record.settled(result);
        return result.settlement;
      }
      // A key was taken out of the catalog, or somebody is looking at the action: people can still decide.
      record.settling = false;
      record.drop(result.refused);
      record.add({ deadline: result.deadline });
      await condition(isOver, Math.max(1, result.deadline - Date.now()), {
        summary: 'people can still decide',
      });
    }
  } finally {
    messages.cancel();
    giveUp(record, pending);
  }
}

/** Pages on-call that the action proceeds. INVARIANT 14: somebody may still deny it meanwhile, and then nothing waits for the page. */
async function pageOnCall(
  record: ActionRecord,
  messages: CancellationScope,
  isOver: () => boolean,
): Promise<void> {
  let isTold = false;
  const page = messages.run(() => tell(record, { kind: 'proceeding' }, { by: 'page', whom: 'on-call' }));
  page.then(
    () => {
      isTold = true;
    },
    () => {
      // The scope is cancelled once people decided. tell() itself records what could not be delivered.
    },
  );
  await condition(() => isTold || isOver());
}
