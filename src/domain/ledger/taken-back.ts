import type { PastAction } from './past-action.ts';

/**
 * Returns past actions as people left them. An action that was taken back afterwards counts as rolled back, and what took it back is left out:
 * it has the parameters of what it undid. One that took something back and is not over, or of which nobody knows how it ended, stays.
 *
 * @param past in any order
 */
export function asPeopleLeftThem(past: readonly PastAction[]): PastAction[] {
  const undoneBy = new Map<string, PastAction & Required<Pick<PastAction, 'closed'>>>();
  const latestFirst = past.toSorted((a, b) => (b.admittedAt ?? 0) - (a.admittedAt ?? 0));
  for (const { takesBack, closed, ...action } of latestFirst) {
    // What was taken back itself undid nothing in the end.
    if (takesBack !== undefined && closed?.outcome === 'succeeded' && !undoneBy.has(action.actionId))
      undoneBy.set(takesBack, { ...action, closed });
  }
  return past.flatMap((action) => {
    if (action.takesBack !== undefined) return isUncertain(action) ? [action] : [];
    const undoing = undoneBy.get(action.actionId);
    if (!undoing?.closed || !action.closed) return [action];
    const { at } = undoing.closed;
    const { foundHealthy: _, ...closed } = action.closed;
    const rollbackMs = at - (undoing.admittedAt ?? at);
    const reason = `people took it back afterwards, by ${undoing.actionId}`;
    return [{ ...action, closed: { ...closed, at, outcome: 'rolledBack', reason, rollbackMs } }];
  });
}

const isUncertain = ({ admittedAt, closed }: PastAction): boolean =>
  admittedAt !== undefined &&
  (!closed || ['rollbackFailed', 'rollbackUnverified', 'lost'].includes(closed.outcome));
