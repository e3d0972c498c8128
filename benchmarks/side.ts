import { setTimeout as delay } from 'node:timers/promises';

export type BenchTier = 1 | 2 | 3;

export const SIDES = ['bare', 'governed', 'governedStart'] as const;
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

/** Queries a workflow until it waits for an approval. */
export async function whenWaiting<State extends { readonly status: string }>(
  query: () => Promise<State>,
): Promise<State> {
  for (;;) {
    const state = await query();
    if (state.status === 'waiting') return state;
    await delay(ASK_AGAIN_MS);
  }
}
