import type { Context } from 'hono';
import { inWords } from '../../briefing/text.ts';
import { clientAddressOf } from './address-of-client.ts';
import { Problem } from './problem.ts';

/** The most of something within a time. */
export interface Allowance {
  readonly atMost: number;
  readonly withinMs: number;
}

/** Counts for all gateways together. */
export interface Limiter {
  /**
   * Counts one more of a subject. The period begins with the first one, and again with the first one after its end.
   *
   * @returns undefined where this one is allowed; otherwise until when no more are, in milliseconds since the epoch
   */
  take(subject: string, allowance: Allowance, now: number): Promise<number | undefined>;
  /** Removes the periods that began before this time, in milliseconds since the epoch. */
  sweep(beganBefore: number): Promise<void>;
}

/** The longest period that anything is counted for. */
export const LONGEST_COUNTED_MS = 24 * 3_600_000;

/** Counts one more. @throws Problem when there were too many. @param label the things counted, for example "unsigned proposals" */
export async function requireAllowed(
  { limiter, now }: { readonly limiter: Limiter; readonly now: () => number },
  subject: string,
  allowance: Allowance,
  label: string,
): Promise<void> {
  const at = now();
  const until = await limiter.take(subject, allowance, at);
  if (until === undefined) return;
  const seconds = Math.max(1, Math.ceil((until - at) / 1_000));
  throw new Problem(
    'locked',
    `at most ${allowance.atMost} ${label} are taken within ${inWords(allowance.withinMs)}: try again in ${seconds} s`,
    { retryAfter: seconds },
  );
}

/** The limit for one address on signed statements, which people may bring without a session. */
const FROM_ONE_ADDRESS: Allowance = { atMost: 120, withinMs: 60_000 };
const OF_ONE_PERSON: Allowance = { atMost: 60, withinMs: 60_000 };

type Counting = Parameters<typeof requireAllowed>[0];

/** Counts a request of an address, before any signature is verified. @throws Problem when there were too many */
export const requireAddressAllowed = (
  deps: Counting & { readonly proxies: number },
  c: Context,
): Promise<void> =>
  requireAllowed(
    deps,
    `address/${clientAddressOf(c, deps.proxies)}`,
    FROM_ONE_ADDRESS,
    'signed statements from one address',
  );

/**
 * Counts a statement of a person, once the signer is verified: a forged statement never counts against them. @throws Problem when
 * too many
 */
export const requirePersonAllowed = (deps: Counting, person: string): Promise<void> =>
  requireAllowed(deps, `person/${person}`, OF_ONE_PERSON, 'signed statements of one person');
