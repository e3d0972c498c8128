import type { Action, Reconcile } from '../action/action.ts';
import { foundText } from '../action/reconcile.ts';
import type { OnRecord } from './on-record.ts';
import { NO_ANSWER } from './why-taken-back.ts';

/**
 * How long after an effect was first looked up it may still come, in milliseconds. From that first look on nothing is sent any more, so what is
 * under way has its own time-out left, and after that the time that a request may stay in queues of the other side.
 */
export const mayStillComeMs = ({ execute }: Pick<Action, 'execute'>, { settleMs }: Reconcile): number =>
  execute.timeoutMs + settleMs;

/**
 * How long until "not there" can be believed, in milliseconds; 0 when it can be. Nothing but a rollback has the governed system refuse a
 * request that is still under way. So an effect counts as not there only where it was not there after the time in which it may still come.
 *
 * @param at when it was looked up, in milliseconds since the epoch
 */
export function unsettledMs({ ruled, reconciled }: OnRecord, at: number): number {
  const reconcile = ruled?.action.reconcile;
  const first = reconciled[0];
  if (!ruled || !reconcile) return Number.POSITIVE_INFINITY;
  return Math.max(0, (first?.at ?? at) + mayStillComeMs(ruled.action, reconcile) - at);
}

/** INVARIANT 7: whether the ledger says that the effect is not there, and that nothing of it can come any more. */
export function isNotThere(record: OnRecord): boolean {
  const { executed, reconciled, takingBack, takenBack } = record;
  const last = reconciled.at(-1);
  if (!last || executed?.kind === 'done' || takingBack || takenBack) return false;
  const wasThere = reconciled.some(({ found }) => found === 'present');
  return !wasThere && last.found === 'absent' && unsettledMs(record, last.at) === 0;
}

/** Why nothing is taken back where the effect is not there. */
export function whyNotThere({ reconciled, executed }: OnRecord): string {
  const last = reconciled.at(-1);
  const sent = `what was sent had no clear answer: ${executed?.summary ?? NO_ANSWER}`;
  return last ? `${foundText(last)}; ${sent}` : sent;
}
