import type { Outcome } from '../action/outcome.ts';
import type { Delivery, Route } from '../escalation/route.ts';
import type { BrokenGlass } from './interventions.ts';
import type { Requirement, Vote } from './requirement.ts';
import { type Tally, tallyOf } from './vote-tally.ts';

/** How waiting for people ended. A time-out is not a person's denial, and neither is a message nobody got. */
export type Settlement =
  | { readonly kind: 'approved'; readonly by: readonly string[] }
  | { readonly kind: 'denied'; readonly by: string; readonly reason: string }
  | { readonly kind: 'proceed' }
  /** One person let it run, for an incident. */
  | {
      readonly kind: 'brokenGlass';
      readonly by: string;
      readonly reason: string;
      readonly incident: string;
    }
  | { readonly kind: 'expired'; readonly reason: string }
  | { readonly kind: 'undeliverable'; readonly reason: string };

/**
 * Whether people have decided. Asked when the workflow wakes, with every vote that the same task brought: those who should
 * decide come before whoever did without them.
 */
export function decided(
  requirement: Requirement,
  votes: readonly Vote[],
  glass?: BrokenGlass,
): Settlement | undefined {
  const standing = tallyOf(requirement, votes);
  if (standing.kind !== 'open') return standing;
  if (!glass) return undefined;
  const { person, reason, incident } = glass;
  return { kind: 'brokenGlass', by: person, reason, incident };
}

/** The step of the page that says that nobody objected and the action proceeds. */
export const PROCEEDING = 'proceeding';

/**
 * What silence through a whole route means. It proceeds only at the end of a tier-2 window, and only once paged.
 *
 * @param standing where the approvals stand: some may have been given, but not enough
 */
export function silence(
  onSilence: Route['onSilence'],
  deliveries: readonly Delivery[],
  standing?: Tally,
): Settlement {
  const delivered = deliveries.filter((delivery) => delivery.delivered && !delivery.aside);
  if (onSilence === 'proceed') {
    return delivered.some(({ by, step }) => by === 'page' && step === PROCEEDING)
      ? { kind: 'proceed' }
      : { kind: 'undeliverable', reason: 'on-call could not be paged, so silence does not proceed' };
  }
  if (delivered.length === 0) {
    return { kind: 'undeliverable', reason: 'no message of the escalation route could be delivered' };
  }
  const reason =
    standing?.kind === 'open' && standing.by.length > 0
      ? `${standing.by.join(', ')} approved it, and ${standing.needed} was still needed at the deadline`
      : 'nobody decided before the deadline';
  return { kind: 'expired', reason };
}

/** The outcome of a settlement that stops the action; undefined for one that lets it go on. */
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
