import type { EndedAction } from '../../domain/advice/advice.ts';

/** The actions that ended lately, with how people looked at them. Throws when the store is unreachable. */
export interface EndedActions {
  /** @param since milliseconds since the epoch; the newest 10,000 that ended since then */
  since(since: number): Promise<readonly EndedAction[]>;
}
