import { recordedState } from '../contract/recorded-state.ts';
import { approversOf } from '../domain/approval/requirement.ts';
import { wayOf } from '../domain/escalation/route-progress.ts';
import type { ReadEntry } from '../domain/ledger/ledger.ts';
import type { ActionState } from '../domain/record/action-state.ts';
import { mayOf } from '../gateway/routes/may.ts';

/** An action as somebody was asked about it: the state and the entries of that moment. */
export interface Asked {
  readonly state: ActionState;
  readonly entries: readonly ReadEntry[];
  /** When the page is read, in milliseconds since the epoch. */
  readonly readAt: number;
  /** Somebody who may approve and deny it. */
  readonly seat: string;
}

/**
 * Takes an action back to the moment at which people were asked about it last. Undefined when nobody was, or nobody may both approve and deny it.
 *
 * @param entries all entries about the action, in their order
 * @param readAfter how long after the question the page is read, in milliseconds
 */
export function askedIn(entries: readonly ReadEntry[], readAfter: number): Asked | undefined {
  const last = entries.findLastIndex(({ kind }) => kind === 'ruled');
  const openedAt = entries[last]?.at ?? 0;
  const soon = openedAt + readAfter;
  // What was said and done about it afterwards is what the person shall find out for themselves.
  const until = entries.filter(({ kind, at }, n) => n <= last || (kind === 'told' && at <= soon));
  const waiting = recordedState(until);
  const { ruling } = waiting ?? {};
  if (waiting?.status !== 'waiting' || !ruling || !('route' in ruling)) return undefined;
  const { deadline } = wayOf(ruling.route, openedAt, [], () => true);
  const readAt = Math.min(soon, openedAt + Math.floor((deadline - openedAt) / 2));
  const state = { ...waiting, openedAt, deadline };
  const seat = approversOf(ruling.requirement)
    .map(({ person }) => person)
    .find((person) => {
      const may = mayOf(state, undefined, person, readAt);
      return may.approve && may.deny;
    });
  return seat === undefined ? undefined : { state, entries: until, readAt, seat };
}
