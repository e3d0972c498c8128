import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Proposal } from '../domain/action/action.ts';
import type { Answer } from '../domain/approval/parse-answer.ts';
import type { Decision } from '../domain/approval/parse-decision.ts';
import type { ReviewResult } from '../domain/approval/review-result.ts';
import type { Explanation } from '../domain/explanation/explanation.ts';
import type { CarriedOut } from '../domain/orders/order.ts';
import type { ActionState, Closed, ReviewState } from '../domain/record/action-state.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';

/** Answers with the ruling. Sent with the start, it says at once what the agent may do. */
export const proposeUpdate = defineUpdate<Ruling, [Proposal]>('propose');

/** One person's signed decision. The validator refuses, with the reason, what would not count. */
export const decideUpdate = defineUpdate<DecisionAnswer, [Decision]>('decide');

/**
 * The agent's answer to a question that an approver asked. It is kept beside the action, and changes nothing of it. Refused
 * where the question is not open.
 */
export const answerUpdate = defineUpdate<void, [Answer]>('answer');

/** The same for tools that can only signal. What does not count is recorded and changes nothing. */
export const decideSignal = defineSignal<[Decision]>('decide');

export const getActionQuery = defineQuery<ActionState>('getAction');
export const getExplanationQuery = defineQuery<Explanation>('getExplanation');
export const getReviewQuery = defineQuery<ReviewState>('getReview');

/** What a decision did. */
export interface DecisionAnswer {
  /**
   * How many more people must approve, at the least; 0 once it is decided. Absent: it is kept, and nobody has counted it yet, as no
   * worker answers.
   */
  readonly missing?: number;
  /** Of which groups, for people to read, such as "1 of security". Absent once it is decided. */
  readonly needed?: string;
}

/** The workflow types, for clients that start or name them. */
export type GovernAction = (proposal: Proposal) => Promise<Closed>;
export type CarryOutOrder = (jws: string) => Promise<CarriedOut>;
export type ReviewAction = () => Promise<ReviewResult>;
