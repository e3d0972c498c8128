import { setTimeout as delay } from 'node:timers/promises';

export type BenchTier = 1 | 2 | 3;

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
