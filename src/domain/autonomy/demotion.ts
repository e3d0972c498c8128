import type { Action } from '../action/action.ts';
import { needsALook, type Outcome } from '../action/outcome.ts';
import type { Reported } from '../action/reported.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import { type Demoted, keyOf } from './standing.ts';

/** A demotion before it is recorded. */
export type Demotion = Omit<Demoted, 'at'>;

/** Where a person asks, no agent acted: nobody loses a level. */
const demotion = (action: Action, because: Demoted['because'], reason: string): Demotion | undefined =>
  action.takesBack
    ? undefined
    : { kind: 'demoted', key: keyOf(action), actionId: action.id, because, reason };

/** Returns the demotion for an action that was taken back, or could not be; undefined for other outcomes. */
export function demotionByOutcome(action: Action, { kind, reason }: Outcome): Demotion | undefined {
  if (kind !== 'rolledBack' && !needsALook(kind)) return undefined;
  return demotion(action, kind, reason);
}

/**
 * Returns the demotion for an action that somebody had to stop while it ran: its requester, who may have seen that it goes wrong, or
 * another person. INVARIANT 10: the agent cannot avoid a demotion by cancelling in time.
 */
export function demotionByStop(
  action: Action,
  { kind, reason }: Outcome,
  takenBack: boolean,
): Demotion | undefined {
  if (!takenBack || (kind !== 'cancelled' && kind !== 'revoked')) return undefined;
  return demotion(action, 'rolledBack', reason);
}

/**
 * Returns the demotion for an action that nobody could watch. INVARIANT 10: the agent cannot avoid a demotion by having its workflow ended.
 */
export const demotionByLoss = (action: Action, reason: string): Demotion | undefined =>
  demotion(action, 'lost', reason);

/** Returns the demotion for an agent that asks for more than its own limits allow: its behaviour has changed. */
export function demotionByAnomaly(action: Action, anomaly: string | undefined): Demotion | undefined {
  if (anomaly === undefined) return undefined;
  return demotion(action, 'anomaly', anomaly);
}

/** Returns the demotion for an action that a person reported as regressed; undefined for a report in favour of the agent. */
export function demotionByReport(
  action: Action,
  { found, person, reason }: { readonly found: Reported; readonly person: string; readonly reason: string },
): Demotion | undefined {
  if (found !== 'regressed') return undefined;
  return demotion(action, 'regressed', `${person} reported it: ${reason}`);
}

/**
 * Returns the demotion for a review that disagrees, unless the same action has cost the agent a level already.
 *
 * @param reported what people reported about the action
 */
export function demotionByReview(
  action: Action,
  outcome: Outcome,
  result: ReviewResult,
  reported: readonly Reported[],
): Demotion | undefined {
  if (result.kind !== 'disagreed' || demotionByOutcome(action, outcome)) return undefined;
  if (reported.includes('regressed')) return undefined;
  const reason = `${result.by} would have decided otherwise${result.reason ? `: ${result.reason}` : ''}`;
  return demotion(action, 'disagreed', reason);
}
