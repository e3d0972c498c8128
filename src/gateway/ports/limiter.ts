import type { Context } from 'hono';
import { inWords } from '../../briefing/text.ts';
import { clientAddressOf } from './address-of-client.ts';
import { Problem } from './problem.ts';

/** So many of something in so long. */
export interface Allowance {
  readonly atMost: number;
  readonly withinMs: number;
}

/** Counts for all gateways together. */
export interface Limiter {
  /**
   * Counts one more of it. Its time begins with the first one, and anew with the first one after it.
   *
   * @returns until when no more is taken, in milliseconds since the epoch; undefined where this one is
   */
  take(subject: string, allowance: Allowance, now: number): Promise<number | undefined>;
  /** Removes what began before, in milliseconds since the epoch. */
  sweep(beganBefore: number): Promise<void>;
}

/** The longest time that anything is counted for. */
export const LONGEST_COUNTED_MS = 24 * 3_600_000;

/** @throws Problem when there were too many. @param what of which there are too many, such as "unsigned proposals" */
export async function requireAllowed(
  { limiter, now }: { readonly limiter: Limiter; readonly now: () => number },
  subject: string,
  allowance: Allowance,
  what: string,
): Promise<void> {
  const at = now();
  const until = await limiter.take(subject, allowance, at);
  if (until === undefined) return;
  const seconds = Math.max(1, Math.ceil((until - at) / 1_000));
  throw new Problem(
    'locked',
    `at most ${allowance.atMost} ${what} are taken within ${inWords(allowance.withinMs)}: try again in ${seconds} s`,
    { retryAfter: seconds },
  );
}

/** What people signed elsewhere: whoever is not signed in may bring it. */
const FROM_ONE_ADDRESS: Allowance = { atMost: 120, withinMs: 60_000 };
const OF_ONE_PERSON: Allowance = { atMost: 60, withinMs: 60_000 };

type Counting = Parameters<typeof requireAllowed>[0];

/** Before a signature is looked at. @throws Problem when there were too many */
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

/** Once it is known who signed: nobody is counted for what others say in their name. @throws Problem when there were too many */
export const requirePersonAllowed = (deps: Counting, person: string): Promise<void> =>
  requireAllowed(deps, `person/${person}`, OF_ONE_PERSON, 'signed statements of one person');
