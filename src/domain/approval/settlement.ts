import type { Outcome } from '../action/outcome.ts';
import type { Delivery, Route } from '../escalation/route.ts';
import type { BrokenGlass } from './interventions.ts';
import type { Requirement, Vote } from './requirement.ts';
import { type Tally, tallyOf } from './vote-tally.ts';

/** How waiting for people ended. A time-out is not a person's denial, and neither is a message that was not delivered. */
export type Settlement =
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly by: string; readonly reason: string }
  | { readonly kind: 'proceed' }
  /** One person broke the glass for an incident. */
  | {
      readonly kind: 'brokenGlass';
      readonly by: string;
      readonly reason: string;
      readonly incident: string;
    }
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'undeliverable'; readonly reason: string };

/**
 * Returns the settlement when people have decided, otherwise undefined. The workflow calls this when it wakes, with every vote that the
 * same workflow task brought. A decision of the approvers takes precedence over broken glass.
 */
export function decided(
  requirement: Requirement,
  votes: readonly Vote[],
  glass?: BrokenGlass,
): Settlement | undefined {
  const tally = tallyOf(requirement, votes);
  if (tally.kind !== 'open') return tally;
  if (!glass) return undefined;
  const { person, reason, incident } = glass;
  return { kind: 'brokenGlass', by: person, reason, incident };
}

/** The name of the step whose page says that nobody objected and the action proceeds. */
export const PROCEEDING = 'proceeding';

/**
 * Returns what silence until the end of the route means. The action proceeds only at the end of a tier-2 window, and only when the page was
 * delivered.
 *
 * @param tally the tally of the votes: some approvals may have been given, but not enough
 */
export function silence(
  onSilence: Route['onSilence'],
  deliveries: readonly Delivery[],
  tally?: Tally,
): Settlement {
  const deliveredMessages = deliveries.filter((delivery) => delivery.delivered && !delivery.aside);
  if (onSilence === 'proceed') {
    return deliveredMessages.some(({ by, step }) => by === 'page' && step === PROCEEDING)
      ? { kind: 'proceed' }
      : { kind: 'undeliverable', reason: 'on-call could not be paged, so silence does not proceed' };
  }
  if (deliveredMessages.length === 0) {
    return { kind: 'undeliverable', reason: 'no message of the escalation route could be delivered' };
  }
  const reason =
    tally?.kind === 'open' && tally.by.length > 0
      ? `${tally.by.join(', ')} approved it, and ${tally.needed} was still needed at the deadline`
      : 'nobody decided before the deadline';
  return { kind: 'expired', reason };
}

/** The outcome when the settlement stops the action; undefined when the action goes on. */
export function stopsAction(settlement: Settlement): Outcome | undefined {
  switch (settlement.kind) {
    case 'approved':
    case 'proceed':
    case 'brokenGlass':
      return undefined;
    case 'denied':
      return {
        kind: 'deniedByPerson',
        reason: `${settlement.by} denied it${settlement.reason ? `: ${settlement.reason}` : ''}`,
      };
    case 'expired':
    case 'undeliverable':
      return settlement;
  }
}
