import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Proposal } from '../domain/action/action.ts';
import type { Answer } from '../domain/approval/parse-answer.ts';
import type { Decision } from '../domain/approval/parse-decision.ts';
import type { ReviewResult } from '../domain/approval/review-result.ts';
import type { Explanation } from '../domain/explanation/explanation.ts';
import type { CarriedOut } from '../domain/orders/order.ts';
import type { ActionState, Closed, ReviewState } from '../domain/record/action-state.ts';
import type { ReconcileReport, ToReconcile } from '../domain/record/reconciliation.ts';
import type { DecisionAnswer } from './decision-answer.ts';

/**
 * Answers once the action is ruled on; fails with every fault where the proposal cannot be governed. It is sent together with the start. The
 * argument is the digest of the proposal: another proposal with the same id is refused.
 */
export const proposeUpdate = defineUpdate<void, [string]>('propose');

/** One person's signed decision. The validator refuses a decision that would not count, and gives the reason. */
export const decideUpdate = defineUpdate<DecisionAnswer, [Decision]>('decide');

/**
 * The agent's answer to a question of an approver. It is stored beside the action and does not change it. It is refused when the question
 * is not open.
 */
export const answerUpdate = defineUpdate<void, [Answer]>('answer');

/** The same decision for tools that can only send signals. A decision that does not count is recorded and changes nothing. */
export const decideSignal = defineSignal<[Decision]>('decide');

/**
 * Says that something from outside may end the watch of an action. It carries no facts: the workflow asks an activity, which finds out itself.
 */
export const lookOutsideSignal = defineSignal('lookOutside');

export const getActionQuery = defineQuery<ActionState>('getAction');
export const getExplanationQuery = defineQuery<Explanation>('getExplanation');
export const getReviewQuery = defineQuery<ReviewState>('getReview');

/** The workflow types, for clients that start them or refer to them. */
export type GovernAction = (proposal: Proposal) => Promise<Closed>;
export type CarryOutOrder = (jws: string) => Promise<CarriedOut>;
export type ReviewAction = () => Promise<ReviewResult>;
export type ReconcileLedger = (asked: ToReconcile) => Promise<ReconcileReport>;
