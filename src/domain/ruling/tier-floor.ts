import type { ServiceTier, Tier } from '../action/action.ts';
import { type Circumstances, whyPeopleOnly } from '../calendar/calendar.ts';

export interface TierInput {
  /** The operators' table in the action type: the tier of this action on a service of each service tier. */
  readonly byServiceTier: Readonly<Record<ServiceTier, Tier>>;
  readonly serviceTier: ServiceTier;
  /** Why the action cannot be taken back. Undefined: it can be. */
  readonly notUndone?: string | undefined;
  /** Whether operators require an approval for what this action may do. */
  readonly approvalDemanded?: boolean | undefined;
  /** The sentence that says who denied the same action for another agent. */
  readonly deniedBefore?: string | undefined;
  /** Why it is not known what the action would do, although its executor can say. Undefined: it is known, or the executor cannot say. */
  readonly notPreviewed?: string | undefined;
  readonly declaredTier?: Tier | undefined;
  /** Why the proposal may not come from its agent. */
  readonly unsigned?: string | undefined;
  /** Whether a person asks to take an action back. */
  readonly takesBack?: boolean | undefined;
  /** What the calendar says about the moment. */
  readonly circumstances?: Circumstances | undefined;
}

export interface TierResult {
  readonly tier: Tier;
  readonly reasons: readonly string[];
}

/** The reason for a tier that the operators' table gives. */
export const baseTierReason = (serviceTier: ServiceTier, tier: Tier) =>
  `this action on a tier-${serviceTier} service is tier ${tier}`;

/** The reason for a tier that the agent declared. */
export const declaredTierReason = (tier: Tier) => `the agent raised it to tier ${tier}`;

/**
 * INVARIANT 10: the tier is the highest of what the operators' table says, what irreversibility, the operators' demands and the calendar
 * require, and what the agent declares. No input can lower it. Returns the tier with its reasons.
 */
export function tierOf(input: TierInput): TierResult {
  const base = input.byServiceTier[input.serviceTier];
  const reasons = [baseTierReason(input.serviceTier, base)];
  let tier = base;
  if (input.notUndone !== undefined && tier < 3) {
    tier = 3;
    reasons.push(`${input.notUndone}, so it is never automatic: tier 3`);
  }
  if (input.notPreviewed !== undefined && tier < 3) {
    tier = 3;
    reasons.push(`it is not known what it would do, so it needs people: tier 3: ${input.notPreviewed}`);
  }
  if (input.approvalDemanded && tier < 3) {
    tier = 3;
    reasons.push('somebody must approve it, so silence does not: tier 3');
  }
  if (input.takesBack && tier < 3) {
    tier = 3;
    reasons.push('a person asks to take an action back, and another person approves it: tier 3');
  }
  const calendarReasons = whyPeopleOnly(input.circumstances ?? {});
  reasons.push(...calendarReasons);
  if (calendarReasons.length > 0 && tier < 3) {
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
    reasons.push(declaredTierReason(tier));
  }
  if (input.unsigned !== undefined) {
    tier = 4;
    reasons.push(`${input.unsigned}: it is only recommended, tier 4`);
  }
  return { tier, reasons };
}
