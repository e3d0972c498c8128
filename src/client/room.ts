import { isGrpcServiceError } from '@temporalio/client';
import { causeOf } from './unanswered.ts';

/** How long a waiting call that the server had no room for stays away, in milliseconds. */
const AWAY_MS = 5_000;

/**
 * Runs a call that only waits, again and again for as long as the server takes no more of them: each namespace may have so many
 * (`frontend.namespaceCount`). What is waited for goes on meanwhile, so nothing is lost by asking later.
 *
 * @param awayMs how long it stays away each time, in milliseconds
 */
export async function whenThereIsRoom<T>(call: () => Promise<T>, awayMs = AWAY_MS): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!isRefusedForRoom(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, awayMs));
    }
  }
}

/** RESOURCE_EXHAUSTED (8). */
function isRefusedForRoom(error: unknown): boolean {
  const cause = causeOf(error);
  return isGrpcServiceError(cause) && cause.code === 8;
}
