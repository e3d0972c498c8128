import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { DecisionAnswer } from '../contract/decision-answer.ts';
import { decideSignal, decideUpdate } from '../contract/messages.ts';
import { readDecision } from '../domain/approval/parse-decision.ts';
import type { Refused } from '../domain/approval/refusal.ts';
import type { Vote } from '../domain/approval/requirement.ts';
import type { Question } from '../domain/approval/verify-decision.ts';
import { tallyOf } from '../domain/approval/vote-tally.ts';
import type { RefusedDecision } from '../domain/record/action-state.ts';

/** The number of refused decisions that are kept for operators to see. Without a limit a flood could grow the state. */
const REFUSALS_KEPT = 50;

/** Where people's decisions on one question come in. */
export interface Listener<Heard extends { readonly kind: 'heard' }> {
  /** The question that people are asked now; undefined while there is none. */
  question(): Question | undefined;
  votes(): readonly Vote[];
  /** Judges a decision: why it does not count now, or what it means. Changes nothing. */
  judge(decision: unknown): Refused | Heard;
  /** Carries out a decision. Returns a refusal where one shows only now, on a closer look. */
  carryOut(heardDecision: Heard): Promise<Refused | undefined>;
  /** Keeps a decision that did not count, for operators to see. */
  remember(decision: RefusedDecision): void;
}

/** Takes decisions by update and by signal. Both go through the same judgement. */
export function listenToDecisions<Heard extends { readonly kind: 'heard' }>(listener: Listener<Heard>): void {
  setHandler(decideUpdate, (decision) => count(listener, decision), {
    // INVARIANT 3: a decision that is refused here leaves no trace in the history. The validator is synchronous: the SDK does not await
    // it.
    validator: (decision) => {
      const judgement = listener.judge(decision);
      if (judgement.kind === 'refused') throw failureOf(judgement);
    },
  });
  setHandler(decideSignal, (decision) => hearDecision(listener, decision));
}

/** Takes a decision whose sender gets no answer. A decision that does not count is kept for operators to see. */
export async function hearDecision<Heard extends { readonly kind: 'heard' }>(
  listener: Listener<Heard>,
  decision: unknown,
): Promise<void> {
  try {
    const refusal = await take(listener, decision);
    if (refusal) listener.remember(refusedDecision(decision, refusal.reason));
  } catch (error) {
    // An error that left the handler would end the workflow, and no decision may stop an action that way.
    listener.remember(refusedDecision(decision, error instanceof Error ? error.message : String(error)));
  }
}

/** A decision that did not count, as operators see it. */
export function refusedDecision(decision: unknown, reason: string): RefusedDecision {
  const person = readDecision(decision)?.claimed.person ?? 'someone unknown';
  return { person, reason, at: Date.now() };
}

/** The refused decisions with one more, up to `REFUSALS_KEPT`. */
export const withRefused = (
  decisions: readonly RefusedDecision[],
  decision: RefusedDecision,
): readonly RefusedDecision[] => (decisions.length < REFUSALS_KEPT ? [...decisions, decision] : decisions);

/**
 * Judges a decision, and carries it out where it counts. It is not async: each promise in between would move the answer of an update
 * behind what follows from the decision.
 */
function take<Heard extends { readonly kind: 'heard' }>(
  listener: Listener<Heard>,
  decision: unknown,
): Promise<Refused | undefined> {
  const judgement = listener.judge(decision);
  return judgement.kind === 'refused' ? Promise.resolve(judgement) : listener.carryOut(judgement);
}

async function count<Heard extends { readonly kind: 'heard' }>(
  listener: Listener<Heard>,
  decision: unknown,
): Promise<DecisionAnswer> {
  const refusal = await take(listener, decision);
  if (refusal) throw failureOf(refusal);
  const question = listener.question();
  const tally = question ? tallyOf(question.requirement, listener.votes()) : undefined;
  return tally?.kind === 'open' ? { missing: tally.missing, needed: tally.needed } : { missing: 0 };
}

const failureOf = ({ refusal, reason }: Refused) =>
  ApplicationFailure.create({
    type: 'DecisionRefused',
    message: reason,
    nonRetryable: true,
    details: [refusal],
  });
