import type { Countersign } from '../client/index.ts';
import { isUnanswered } from '../client/unanswered.ts';

const WITHIN_S = 15;

/** The error when no worker answered in time. A proposal or an order that was handed in is durable all the same. */
export class WorkerUnavailable extends Error {
  override readonly name = 'WorkerUnavailable';
}

/** Runs a call that only a worker can answer. Throws `WorkerUnavailable` after `WITHIN_S` seconds. */
export async function answered<T>({ client }: Countersign, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + WITHIN_S * 1_000, call);
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    throw new WorkerUnavailable(
      `No worker answered within ${WITHIN_S} s. What was handed in is kept, and goes on once a worker runs: ` +
        'start one with "countersign worker".',
    );
  }
}
