import { iso } from '../shared/sentence.ts';
import type { AnomalyRules } from './anomaly-rules.ts';
import type { AttentionFacts } from './request-facts.ts';

/** The limits on how much of people's attention agents may take. An absent member sets no limit. */
export interface Attention {
  /** The time for which a denied action is not asked for again, in milliseconds. */
  readonly repeatAfterDenialMs?: number | undefined;
  /** The most open actions of one agent that people are asked about. */
  readonly openPerAgent?: number | undefined;
  /** A person with more requests than this is told after the other people of the requirement. */
  readonly asksPerPerson?: { readonly atMost: number; readonly withinMs: number } | undefined;
  readonly anomalies?: AnomalyRules | undefined;
}

/** A permitted action that is about to be recorded. */
export interface Request extends Pick<AttentionFacts, 'sameness' | 'asks' | 'recommends' | 'unsigned'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Set when people are told about an earlier denial already. */
  readonly deniedBefore?: DeniedBefore | undefined;
}

/** The facts about another action. */
export interface OtherRequest
  extends Pick<AttentionFacts, 'sameness' | 'asks' | 'recommends' | 'unsigned' | 'denial'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly ruledAt: number;
  /** Absent: it is open. Milliseconds since the epoch. */
  readonly closedAt?: number | undefined;
}

/**
 * An earlier end of the same action: a person denied it for another agent, or the requester's side cancelled it while people were asked.
 */
export interface DeniedBefore {
  readonly actionId: string;
  readonly by: string;
  readonly reason: string;
  /** Nobody denied it: it was cancelled while people were asked. */
  readonly cancelled?: true | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type NotAsked =
  | { readonly kind: 'denied'; readonly reason: string }
  /** The action needs people, and they are told why others denied it. */
  | { readonly kind: 'people'; readonly deniedBefore: DeniedBefore };

/**
 * Returns why an action does not go on as ruled; undefined when nothing speaks against it.
 *
 * - An agent may not ask again for an action that was denied to it, and may not run it by itself either. This applies to every action.
 * - For another agent, which may need the same for another reason in an incident, people decide. They also decide on an action that the
 *   requester's side cancelled before they could. An action that is cancelled again and again is denied.
 * - The limit on open actions applies only to actions that ask people or are recommended.
 *
 * @param requests at least all open actions of the same agent, what it recommended lately, and all actions of the same sameness that were
 *   denied or cancelled lately
 */
export function whyNotAsked(
  { repeatAfterDenialMs = 0, openPerAgent = Number.POSITIVE_INFINITY }: Attention,
  request: Request,
  requests: readonly OtherRequest[],
): NotAsked | undefined {
  const { actionId, agent, sameness, at } = request;
  const otherRequests = requests.filter((otherRequest) => otherRequest.actionId !== actionId);
  const denials = otherRequests
    .flatMap(({ denial, closedAt, ...otherRequest }) =>
      denial && closedAt !== undefined ? [{ ...otherRequest, denial, closedAt }] : [],
    )
    .filter(
      (otherRequest) =>
        otherRequest.sameness === sameness && otherRequest.closedAt + repeatAfterDenialMs > at,
    )
    .toSorted((a, b) => b.closedAt - a.closedAt);
  const ownDenials = denials.filter((otherRequest) => otherRequest.agent === agent);
  const ownDenial = ownDenials.find(({ denial }) => !denial.cancelled);
  const cancelled = ownDenials.filter(({ denial, asks }) => denial.cancelled && asks);
  const finalDenial = ownDenial ?? (cancelled.length > MOST_CANCELLED ? cancelled[0] : undefined);
  if (finalDenial) {
    const until = iso(finalDenial.closedAt + repeatAfterDenialMs);
    const cancelledText = ownDenial ? '' : `, and ${cancelled.length} times in all`;
    return {
      kind: 'denied',
      reason: `${deniedText(beforeOf(finalDenial))}${cancelledText}; ${agent} does not ask for it again before ${until}`,
    };
  }
  const othersDenial = denials.find(({ denial }) => !denial.cancelled) ?? cancelled[0];
  if (othersDenial && !request.deniedBefore) return { kind: 'people', deniedBefore: beforeOf(othersDenial) };
  const takenPlaces = otherRequests.filter((otherRequest) => takesPlaceBeside(request, otherRequest));
  if (!(request.asks || request.recommends) || takenPlaces.length < openPerAgent) return undefined;
  return {
    kind: 'denied',
    reason: `at most ${openPerAgent} actions of one agent may be open at once of those that people are asked about, and ${agent} has ${takenPlaces.length}: wait until one is closed, or a day after a recommendation`,
  };
}

/**
 * Whether another action uses up the agent's number of open actions. An unsigned proposal does not count against the agent that it names.
 */
function takesPlaceBeside({ agent, unsigned, at }: Request, otherRequest: OtherRequest): boolean {
  if (otherRequest.agent !== agent || otherRequest.unsigned !== unsigned) return false;
  const isOpen =
    otherRequest.asks && otherRequest.closedAt === undefined && otherRequest.ruledAt > at - LONGEST_OPEN_MS;
  return isOpen || (otherRequest.recommends === true && otherRequest.ruledAt > at - RECOMMENDED_MS);
}

interface Ended extends OtherRequest {
  readonly denial: NonNullable<OtherRequest['denial']>;
  readonly closedAt: number;
}

const beforeOf = ({ actionId, denial, closedAt }: Ended): DeniedBefore => ({
  actionId,
  by: denial.by,
  reason: denial.reason,
  ...(denial.cancelled ? { cancelled: true } : {}),
  at: closedAt,
});

/** One sentence: who denied or cancelled it, when, and why. */
export function deniedText({ by, at, actionId, reason, cancelled }: DeniedBefore): string {
  if (cancelled)
    return `${by} cancelled the same at ${iso(at)}, as ${actionId}, while people were asked about it`;
  const why = reason === '' ? '' : `: ${reason}`;
  return `${by} denied the same at ${iso(at)}, as ${actionId}${why}`;
}

/** The number of cancellations of the same action within the time. More of them would only take people's attention. */
const MOST_CANCELLED = 2;

/** An action that somebody ended from outside, in the Temporal UI, is never closed. It stops counting after 30 days. */
export const LONGEST_OPEN_MS = 30 * 24 * 3_600_000;

/** How long a recommendation counts as open, in milliseconds: nobody closes it, and people were mailed about it. */
export const RECOMMENDED_MS = 24 * 3_600_000;
