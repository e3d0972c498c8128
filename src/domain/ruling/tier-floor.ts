import type { ServiceTier, Tier } from '../action/action.ts';
import { type Circumstances, whyPeopleOnly } from '../calendar/calendar.ts';

export interface TierInput {
  /** The operator's table in the action type: what this action needs on a service of each tier. */
  readonly byServiceTier: Readonly<Record<ServiceTier, Tier>>;
  readonly serviceTier: ServiceTier;
  /** Whether the action carries a rollback. */
  readonly reversible: boolean;
  /** Whether operators demand an approval for what this action may do. */
  readonly approvalDemanded?: boolean | undefined;
  /** Who denied the same, when another agent asked for it. */
  readonly deniedBefore?: string | undefined;
  readonly declaredTier?: Tier | undefined;
  /** Why it need not be its agent that asks. */
  readonly unsigned?: string | undefined;
  /** What the calendar says of the moment. */
  readonly circumstances?: Circumstances | undefined;
}

export interface TierResult {
  readonly tier: Tier;
  readonly reasons: readonly string[];
}

/**
 * INVARIANT 10: the tier is the highest of what the operator's table says, what irreversibility, the operators' demands and
 * the calendar need, and what the agent declares. No input can lower it.
 */
export function tierOf(input: TierInput): TierResult {
  const base = input.byServiceTier[input.serviceTier];
  const reasons = [`this action on a tier-${input.serviceTier} service is tier ${base}`];
  let tier = base;
  if (!input.reversible && tier < 3) {
    tier = 3;
    reasons.push('it has no rollback, so it is never automatic: tier 3');
  }
  if (input.approvalDemanded && tier < 3) {
    tier = 3;
    reasons.push('somebody must approve it, so silence does not: tier 3');
  }
  const closed = whyPeopleOnly(input.circumstances ?? {});
  reasons.push(...closed);
  if (closed.length > 0 && tier < 3) {
    tier = 3;
    reasons.push('so it needs people: tier 3');
  }
  if (input.deniedBefore !== undefined) {
    reasons.push(input.deniedBefore);
    if (tier < 3) {
      tier = 3;
      reasons.push('so it needs people: tier 3');
    }
  }
  if (input.declaredTier !== undefined && input.declaredTier > tier) {
    tier = input.declaredTier;
    reasons.push(`the agent raised it to tier ${tier}`);
  }
  if (input.unsigned !== undefined) {
    tier = 4;
    reasons.push(`${input.unsigned}: it is only recommended, tier 4`);
  }
  return { tier, reasons };
}
