/** The size of a workflow's history. The server ends a workflow at 51,200 events or 50 MB. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** The size beyond which a statement may not have been heard: people's own messages take a few dozen events and some kilobytes. */
const LITTLE: HistorySize = { events: 5_000, bytes: 10_000_000 };

/** The size beyond which the action is ended while that is still possible. A watch of a thousand checks takes 8,000 events. */
const NONE: HistorySize = { events: 30_000, bytes: 25_000_000 };

/**
 * Returns how much room the history has for statements. `little`: silence no longer means anything. `none`: a waiting action is not run,
 * and a running one is taken back. INVARIANT 14: sending an action more than it can hold can only stop it.
 */
export function roomIn(size: HistorySize): 'enough' | 'little' | 'none' {
  const exceeds = (limit: HistorySize) => size.events > limit.events || size.bytes > limit.bytes;
  if (exceeds(NONE)) return 'none';
  return exceeds(LITTLE) ? 'little' : 'enough';
}

/** Why an action that waits for people does not run. */
export const TOO_MUCH_SAID = 'so much was sent to it that people may not have been heard: propose it anew';
/** Why a running action is taken back. */
export const NO_ROOM_LEFT = 'so much was sent to it that its history is nearly full';
