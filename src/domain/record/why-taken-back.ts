import { foundText } from '../action/reconcile.ts';
import { NO_ROOM_LEFT } from './history-room.ts';
import type { OnRecord } from './on-record.ts';
import { healthOf } from './watch-on-record.ts';

/** The reason when the requester cancelled the action. */
export const CANCELLED = 'the requester cancelled it';

/** The beginning of a reason that ends with words of the governed system. */
export const NOT_KNOWN_WHETHER_IT_RAN = 'it is not known whether it ran';

/** What is said of an effect that was sent, where no attempt has a result on record. */
export const NO_ANSWER = 'no attempt was answered';

/** Why the workflow takes an effect back, when only the workflow knows. */
export type Because = 'stopped' | 'notHealthy' | 'noRoom';

/** Returns why an effect is taken back, from the record. */
export function whyTakenBack(record: OnRecord, because: Because): string {
  const { revoked, executed, reconciled } = record;
  if (revoked) return `${revoked.by} revoked it: ${revoked.reason}`;
  const health = healthOf(record);
  if (health && health.kind !== 'healthy' && health.kind !== 'pending') return health.reason;
  if (because === 'stopped') return CANCELLED;
  if (because === 'noRoom') return NO_ROOM_LEFT;
  if (executed?.kind === 'done') return 'it was found not to be healthy while the ledger was away';
  const unknown = `${NOT_KNOWN_WHETHER_IT_RAN}: ${executed?.summary ?? NO_ANSWER}`;
  const found = reconciled.at(-1);
  return found ? `${unknown}; ${foundText(found)}` : unknown;
}
