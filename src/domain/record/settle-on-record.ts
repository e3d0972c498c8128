import { type Heard, hearAll } from '../approval/count-statements.ts';
import { decided, type Settlement, silence } from '../approval/settlement.ts';
import type { Question } from '../approval/verify-decision.ts';
import { tallyOf } from '../approval/vote-tally.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import { type RouteWay, wayOf } from '../escalation/route-progress.ts';
import { questionOn } from '../ruling/open-question.ts';
import type { Ruling } from '../ruling/ruling.ts';
import type { OnRecord } from './on-record.ts';

/** A ruling under which people are waited for. */
export type RuledToAsk = Extract<Ruling, { mode: 'executeAfterWindow' | 'executeWithApproval' }>;

export type Settling =
  | { readonly kind: 'settled'; readonly settlement: Settlement; readonly heard: Heard }
  /** People can still decide. */
  | { readonly kind: 'open'; readonly deadline: number; readonly heard: Heard };

/** The record of an action that waits for people. */
export type WaitingOnRecord = Pick<OnRecord, 'told'> & {
  readonly ruled: { readonly ruling: RuledToAsk; readonly at: number };
};

/**
 * Works out from the signed statements and the delivered messages how people decided on the last ruling, or that they still can.
 * INVARIANTS 3, 5, 6, 14: the caller cannot leave out a statement that is known elsewhere, cannot add one, and cannot let time pass that has not
 * passed.
 *
 * @param statements signed statements (compact JWS) from every place where they are known
 * @param now milliseconds since the epoch
 */
export function settling(
  record: WaitingOnRecord,
  about: Pick<Question, 'workflowId' | 'runId'>,
  statements: readonly string[],
  now: number,
): Settling {
  const { ruling } = record.ruled;
  const { deadline } = wayWalked(record, about, statements, now);
  const heard = heardUntil(record, about, statements, deadline, now);
  const { votes } = heard.ballot;
  const settlement = decided(ruling.requirement, votes, heard.glass);
  if (settlement) return { kind: 'settled', settlement, heard };
  if (now < deadline) return { kind: 'open', deadline, heard };
  const silentSettlement = silence(ruling.route.onSilence, record.told, tallyOf(ruling.requirement, votes));
  return { kind: 'settled', settlement: silentSettlement, heard };
}

/** Returns the way that the route took, by the messages that were delivered and by who said that they are looking at the action. */
export function wayWalked(
  record: WaitingOnRecord,
  about: Pick<Question, 'workflowId' | 'runId'>,
  statements: readonly string[],
  now: number,
): RouteWay {
  const { ruling, at: openedAt } = record.ruled;
  const { route } = ruling;
  const longest = openedAt + routeDurationOf(route) + (route.holdMs ?? 0);
  const { acknowledged } = heardUntil(record, about, statements, longest, now);
  const times = acknowledged.map(({ at }) => at);
  return wayOf(route, openedAt, times, (name, at) =>
    record.told.some((delivery) => delivery.at <= at && delivery.step.split('/').at(-1) === name),
  );
}

function heardUntil(
  { ruled }: WaitingOnRecord,
  about: Pick<Question, 'workflowId' | 'runId'>,
  statements: readonly string[],
  deadline: number,
  now: number,
): Heard {
  const question = questionOn(about, ruled.ruling, { kind: 'waiting', deadline });
  if (!question) throw new TypeError('a ruling under which people are waited for asks them');
  return hearAll(question, statements, now);
}
