import { iso } from '../shared/sentence.ts';
import type { AnomalyRules } from './anomaly-rules.ts';
import type { AttentionFacts } from './request-facts.ts';

/** How much of people's attention agents may take. What is absent is not limited. */
export interface Attention {
  /** For so long what a person denied is not asked for again. Milliseconds. */
  readonly repeatAfterDenialMs?: number | undefined;
  /** How many actions of one agent may be open at once, of those that people are asked about. */
  readonly openPerAgent?: number | undefined;
  /** Beyond so many requests the others in a requirement are told first. */
  readonly asksPerPerson?: { readonly atMost: number; readonly withinMs: number } | undefined;
  readonly anomalies?: AnomalyRules | undefined;
}

/** An action that was permitted, and is about to be recorded as such. */
export interface Request extends Pick<AttentionFacts, 'sameness' | 'asks' | 'recommends' | 'unsigned'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** It goes to people already, who are told of the denial. */
  readonly deniedBefore?: DeniedBefore | undefined;
}

/** What is known of another action. */
export interface OtherRequest
  extends Pick<AttentionFacts, 'sameness' | 'asks' | 'recommends' | 'unsigned' | 'denial'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly ruledAt: number;
  /** Absent: it is open. Milliseconds since the epoch. */
  readonly closedAt?: number | undefined;
}

/** That a person denied the same when another agent asked for it, or the side that asks cancelled it before they could. */
export interface DeniedBefore {
  readonly actionId: string;
  readonly by: string;
  readonly reason: string;
  /** Nobody denied it: it was taken back while people were asked. */
  readonly cancelled?: true | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type NotAsked =
  | { readonly kind: 'denied'; readonly reason: string }
  /** Not without people, and they are told why others said no. */
  | { readonly kind: 'people'; readonly deniedBefore: DeniedBefore };

/**
 * Why an action does not go on as it was ruled; undefined where nothing speaks against it. What was denied is not asked for again by
 * the agent that was denied, nor done by itself: so that holds for every action. Others may need the same for another reason, in an
 * incident: people decide on that, and on what the side that asks cancelled before they could. Cancelled again and again it is denied. The number of open ones holds only for those that ask or are recommended.
 *
 * @param others at least all that are open of the same agent, what it recommended lately, and all of the same sameness that were
 *   denied or cancelled lately
 */
export function whyNotAsked(
  { repeatAfterDenialMs = 0, openPerAgent = Number.POSITIVE_INFINITY }: Attention,
  request: Request,
  others: readonly OtherRequest[],
): NotAsked | undefined {
  const { actionId, agent, sameness, at } = request;
  const rest = others.filter((other) => other.actionId !== actionId);
  const denials = rest
    .flatMap(({ denial, closedAt, ...other }) =>
      denial && closedAt !== undefined ? [{ ...other, denial, closedAt }] : [],
    )
    .filter((other) => other.sameness === sameness && other.closedAt + repeatAfterDenialMs > at)
    .toSorted((a, b) => b.closedAt - a.closedAt);
  const own = denials.filter((other) => other.agent === agent);
  const denied = own.find(({ denial }) => !denial.cancelled);
  const cancelled = own.filter(({ denial, asks }) => denial.cancelled && asks);
  const final = denied ?? (cancelled.length > MOST_CANCELLED ? cancelled[0] : undefined);
  if (final) {
    const until = iso(final.closedAt + repeatAfterDenialMs);
    const often = denied ? '' : `, and ${cancelled.length} times in all`;
    return {
      kind: 'denied',
      reason: `${deniedText(beforeOf(final))}${often}; ${agent} does not ask for it again before ${until}`,
    };
  }
  const theirs = denials.find(({ denial }) => !denial.cancelled) ?? cancelled[0];
  if (theirs && !request.deniedBefore) return { kind: 'people', deniedBefore: beforeOf(theirs) };
  const taken = rest.filter((other) => takesPlaceBeside(request, other));
  if (!(request.asks || request.recommends) || taken.length < openPerAgent) return undefined;
  return {
    kind: 'denied',
    reason: `at most ${openPerAgent} actions of one agent may be open at once of those that people are asked about, and ${agent} has ${taken.length}: wait until one is closed, or a day after a recommendation`,
  };
}

/** What nobody signed takes no place of the agent that it names. */
function takesPlaceBeside({ agent, unsigned, at }: Request, other: OtherRequest): boolean {
  if (other.agent !== agent || other.unsigned !== unsigned) return false;
  const open = other.asks && other.closedAt === undefined && other.ruledAt > at - LONGEST_OPEN_MS;
  return open || (other.recommends === true && other.ruledAt > at - RECOMMENDED_MS);
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

/** One sentence: who denied it, when, and why. */
export function deniedText({ by, at, actionId, reason, cancelled }: DeniedBefore): string {
  if (cancelled)
    return `${by} cancelled the same at ${iso(at)}, as ${actionId}, while people were asked about it`;
  const why = reason === '' ? '' : `: ${reason}`;
  return `${by} denied the same at ${iso(at)}, as ${actionId}${why}`;
}

/** So often an agent may take back the same within the time: more would only take people's attention. */
const MOST_CANCELLED = 2;

/** What somebody ended from outside, in the Temporal UI, is never closed: it gives its place back after 30 days. */
export const LONGEST_OPEN_MS = 30 * 24 * 3_600_000;

/** Nobody closes a recommendation: people were mailed about it, and it takes a place for a day. */
export const RECOMMENDED_MS = 24 * 3_600_000;
