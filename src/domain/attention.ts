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
export interface Request extends Pick<AttentionFacts, 'sameness' | 'asks'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What is known of another action. */
export interface OtherRequest extends Pick<AttentionFacts, 'sameness' | 'asks' | 'denial'> {
  readonly actionId: string;
  readonly agent: string;
  /** Milliseconds since the epoch. */
  readonly ruledAt: number;
  /** Absent: it is open. Milliseconds since the epoch. */
  readonly closedAt?: number | undefined;
}

/**
 * Why people are not asked about an action, and it is denied at once; undefined where nothing speaks against it. What was
 * denied is not done by itself either, so that holds for every action; the number of open ones only for those that ask.
 *
 * @param others at least all that are open of the same agent, and all of the same sameness that a person denied lately
 */
export function whyNotAsked(
  { repeatAfterDenialMs = 0, openPerAgent = Number.POSITIVE_INFINITY }: Attention,
  request: Request,
  others: readonly OtherRequest[],
): string | undefined {
  const { actionId, agent, sameness, asks, at } = request;
  const rest = others.filter((other) => other.actionId !== actionId);
  const [last] = rest
    .flatMap(({ denial, closedAt, ...other }) =>
      denial && closedAt !== undefined ? [{ ...other, denial, closedAt }] : [],
    )
    .filter((other) => other.sameness === sameness && other.closedAt + repeatAfterDenialMs > at)
    .toSorted((a, b) => b.closedAt - a.closedAt);
  if (last) {
    const { by, reason } = last.denial;
    const until = iso(last.closedAt + repeatAfterDenialMs);
    const why = reason === '' ? '' : `: ${reason}`;
    return `${by} denied the same at ${iso(last.closedAt)}, as ${last.actionId}, and it is not asked for again before ${until}${why}`;
  }
  const open = rest.filter(
    (other) =>
      other.asks &&
      other.agent === agent &&
      other.closedAt === undefined &&
      other.ruledAt > at - LONGEST_OPEN_MS,
  );
  if (!asks || open.length < openPerAgent) return undefined;
  return `at most ${openPerAgent} actions of one agent may be open at once of those that people are asked about, and ${agent} has ${open.length}: wait until one is closed`;
}

/** What somebody ended from outside, in the Temporal UI, is never closed: it gives its place back after 30 days. */
export const LONGEST_OPEN_MS = 30 * 24 * 3_600_000;
