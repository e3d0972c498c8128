import type { Action } from '../action/action.ts';
import type { Outcome } from '../action/outcome.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import { type Demoted, keyOf } from './standing.ts';

/** A demotion that is not recorded yet. */
export type Demotion = Omit<Demoted, 'at'>;

/** What an action that was taken back, or could not be, costs its agent. */
export function demotionByOutcome(action: Action, { kind, reason }: Outcome): Demotion | undefined {
  if (kind !== 'rolledBack' && kind !== 'rollbackFailed') return undefined;
  return { kind: 'demoted', key: keyOf(action), actionId: action.id, because: kind, reason };
}

/**
 * What it costs an agent that somebody had to stop what ran: its requester, who may have seen that it goes wrong, or a person.
 * INVARIANT 10: cancelling in time is no way around it.
 */
export function demotionByStop(
  action: Action,
  { kind, reason }: Outcome,
  takenBack: boolean,
): Demotion | undefined {
  if (!takenBack || (kind !== 'cancelled' && kind !== 'revoked')) return undefined;
  return { kind: 'demoted', key: keyOf(action), actionId: action.id, because: 'rolledBack', reason };
}

/** What it costs an agent that nobody could watch what it did. INVARIANT 10: having one's workflow ended is no way around it. */
export const demotionByLoss = (action: Action, reason: string): Demotion => ({
  kind: 'demoted',
  key: keyOf(action),
  actionId: action.id,
  because: 'lost',
  reason,
});

/** What it costs an agent that it asks for more than its own limits allow: it does not work as it used to. */
export function demotionByAnomaly(action: Action, anomaly: string | undefined): Demotion | undefined {
  if (anomaly === undefined) return undefined;
  return { kind: 'demoted', key: keyOf(action), actionId: action.id, because: 'anomaly', reason: anomaly };
}

/** What a review that disagrees costs the agent, unless the same action has cost it a level already. */
export function demotionByReview(
  action: Action,
  outcome: Outcome,
  result: ReviewResult,
): Demotion | undefined {
  if (result.kind !== 'disagreed' || demotionByOutcome(action, outcome)) return undefined;
  const reason = `${result.by} would have decided otherwise${result.reason ? `: ${result.reason}` : ''}`;
  return { kind: 'demoted', key: keyOf(action), actionId: action.id, because: 'disagreed', reason };
}
