import type { AnomalyRules } from './anomaly.ts';
import type { AttentionFacts } from './attention-facts.ts';
import { iso } from './sentence.ts';

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

/** That a person denied the same, when another agent asked for it. */
export interface DeniedBefore {
  readonly actionId: string;
  readonly by: string;
  readonly reason: string;
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
 * incident: people decide on that. The number of open ones holds only for those that ask or are recommended.
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
  const own = denials.find((other) => other.agent === agent && (other.asks || !other.denial.cancelled));
  if (own) {
    const until = iso(own.closedAt + repeatAfterDenialMs);
    const said = own.denial.cancelled
      ? `the side that asks cancelled the same at ${iso(own.closedAt)}, as ${own.actionId}, while people were asked about it`
      : deniedText({ ...own.denial, actionId: own.actionId, at: own.closedAt });
    return { kind: 'denied', reason: `${said}; ${agent} does not ask for it again before ${until}` };
  }
  const theirs = denials.find(({ denial }) => !denial.cancelled);
  if (theirs && !request.deniedBefore) {
    const { by, reason } = theirs.denial;
    return { kind: 'people', deniedBefore: { actionId: theirs.actionId, by, reason, at: theirs.closedAt } };
  }
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

/** One sentence: who denied it, when, and why. */
export function deniedText({ by, at, actionId, reason }: DeniedBefore): string {
  const why = reason === '' ? '' : `: ${reason}`;
  return `${by} denied the same at ${iso(at)}, as ${actionId}${why}`;
}

/** What somebody ended from outside, in the Temporal UI, is never closed: it gives its place back after 30 days. */
export const LONGEST_OPEN_MS = 30 * 24 * 3_600_000;

/** Nobody closes a recommendation: people were mailed about it, and it takes a place for a day. */
export const RECOMMENDED_MS = 24 * 3_600_000;
