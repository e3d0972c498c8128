import { setTimeout as delay } from 'node:timers/promises';

export type BenchTier = 1 | 2 | 3;

export const SIDES = ['bare', 'governed'] as const;
export type SideName = (typeof SIDES)[number];

export interface Counts {
  readonly rounds: number;
  /** Actions of each side in each round, of each mix, with `inFlight` and with `saturated` of them at once. */
  readonly actions: number;
  readonly inFlight: number;
  /** So many that the waits between measurements keep neither side from working. */
  readonly saturated: number;
  /** Actions of each tier and side that run alone. */
  readonly alone: number;
  readonly waiting: number;
  /** By each way to decide, at each load, in each round. */
  readonly decisions: number;
  /** Actions that wait for the one whose list is read, and how often it and the pages of actions are. */
  readonly pending: number;
  readonly pages: number;
}

/** One way to do the same work: governed, or by a bare workflow. */
export interface Side {
  start(tier: BenchTier): Promise<Started>;
}

export interface Started {
  readonly workflowId: string;
  /** The idempotency key of its effect. */
  readonly effectKey: string;
  /** Resolves when it waits for an approval. */
  waiting(): Promise<unknown>;
  /** Waits until it asks, as a person's screen does, and approves with an Update. When that was sent (`performance.now()`). */
  approve(): Promise<number>;
  /** Resolves when it is done. Throws when it ended in any other way than with its effect. */
  result(): Promise<void>;
}

const ASK_AGAIN_MS = 10;
/** No action of a benchmark takes this long, however busy the machine is: one that does waits for what never comes. */
const STUCK_AFTER_MS = 120_000;

/**
 * Queries a workflow until it waits for an approval. Throws when it has not asked after two minutes, with where it is
 * instead.
 */
export async function whenWaiting<State extends { readonly status: string }>(
  query: () => Promise<State>,
): Promise<State> {
  const begun = performance.now();
  for (;;) {
    const state = await query();
    if (state.status === 'waiting') return state;
    if (performance.now() - begun > STUCK_AFTER_MS)
      throw new Error(`it never asked for an approval: ${JSON.stringify(state)}`);
    await delay(ASK_AGAIN_MS);
  }
}

/** What it is resolved with; after two minutes, or `limitMs`, it throws with where the action is instead. */
export async function notStuck<T>(
  result: Promise<T>,
  query: () => Promise<unknown>,
  limitMs = STUCK_AFTER_MS,
): Promise<T> {
  const waited = new AbortController();
  const stuck = async () => {
    await delay(limitMs, undefined, { signal: waited.signal });
    throw new Error(`it did not end: ${JSON.stringify(await query())}`);
  };
  try {
    return await Promise.race([result, stuck()]);
  } finally {
    waited.abort();
  }
}
