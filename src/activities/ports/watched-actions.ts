import type { WatchedAction } from '../../domain/learning/accuracy.ts';

/** The actions that ran and ended lately, and what their watches found. Throws when the store is unreachable. */
export interface WatchedActions {
  /** @param since milliseconds since the epoch; the newest 10,000 that ended since then */
  since(since: number): Promise<readonly WatchedAction[]>;
}
