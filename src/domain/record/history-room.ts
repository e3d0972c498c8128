/** How large the history of a workflow is. The server ends it at 51,200 events or 50 MB, whatever it has done by then. */
export interface HistorySize {
  readonly events: number;
  readonly bytes: number;
}

/** Beyond this somebody may not have been heard: people's own messages take a few dozen events and some kilobytes. */
const LITTLE: HistorySize = { events: 5_000, bytes: 10_000_000 };

/** Beyond this the action is ended while that is still possible. A watch of a thousand checks takes 8,000 events. */
const NONE: HistorySize = { events: 30_000, bytes: 25_000_000 };

/**
 * Whether there is room left for what people say. `little`: silence means nothing any more. `none`: what waits is not run, and what
 * runs is taken back. INVARIANT 14: whoever sends an action more than it can hold only stops it.
 */
export function roomIn(size: HistorySize): 'enough' | 'little' | 'none' {
  const beyond = (limit: HistorySize) => size.events > limit.events || size.bytes > limit.bytes;
  if (beyond(NONE)) return 'none';
  return beyond(LITTLE) ? 'little' : 'enough';
}

/** Why what waits for people does not run. */
export const TOO_MUCH_SAID = 'so much was sent to it that people may not have been heard: propose it anew';
/** Why what runs is taken back. */
export const NO_ROOM_LEFT = 'so much was sent to it that its history is nearly full';
