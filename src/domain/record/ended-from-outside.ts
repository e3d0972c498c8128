import type { Action } from '../action/action.ts';
import { covers } from '../admission/hold.ts';
import { type AbortOn, meets } from '../analysis/alerts.ts';
import type { OnRecord } from './on-record.ts';
import { cameAt, type Outside } from './outside.ts';
import { measuredHealthOf, watchedRun, watchedSince } from './watch-on-record.ts';

/** The watch of an action that something from outside may end. */
export interface OpenWatch {
  readonly action: Action;
  readonly abortOn: readonly AbortOn[];
  /** When the action ran, in milliseconds since the epoch. */
  readonly since: number;
}

/** Returns the watch of an action where it is under way, or people are asked whether to keep its effect. Undefined: nothing can end it. */
export function openWatchOf(record: OnRecord): OpenWatch | undefined {
  const { revoked, kept, aborted, takingBack, takenBack, closed } = record;
  if (revoked || kept || aborted || takingBack || takenBack || closed) return undefined;
  // Most action types name nothing that ends a watch, and each check of each action asks: so the course is followed last.
  const watch = abortableIn(record);
  const health = watch && measuredHealthOf(record);
  return health?.kind === 'pending' || health?.kind === 'inconclusive' ? watch : undefined;
}

/** Returns the watch of an action, whatever became of it. Undefined: nothing from outside may end it. */
export function abortableIn(record: OnRecord): OpenWatch | undefined {
  const { ruled, admitted } = record;
  const abortOn = ruled && admitted && watchedRun({ ruled, admitted })?.watch.abortOn;
  if (!abortOn || abortOn.length === 0 || !mayStand(record)) return undefined;
  return { action: ruled.action, abortOn, since: watchedSince(record) };
}

/** Whether an effect of it may stand. Where the ledger was away, nothing is recorded of the attempt. */
const mayStand = ({ executed }: OnRecord) => executed?.kind !== 'refused';

/** Returns what ends a watch: of all that does, what came first. Undefined: nothing does. */
export const endingOf = (watch: OpenWatch, outside: readonly Outside[]): Outside | undefined =>
  outside.filter((each) => ends(watch, each)).sort((a, b) => cameAt(a) - cameAt(b))[0];

/**
 * Whether it came after the action ran, and the action type says that it ends the watch. An alert counts by both clocks: it began after the
 * action by the clock of its sender, and we first heard of it after the action by ours. So the one that runs ahead cannot end a watch. It also
 * counts when it is over by now: it is no matter when somebody looks.
 */
export function ends({ action, abortOn, since }: OpenWatch, outside: Outside): boolean {
  const isAfter = cameAt(outside) > since;
  switch (outside.kind) {
    case 'alert': {
      const { alert } = outside;
      return (
        isAfter &&
        alert.receivedAt > since &&
        alert.service === action.target &&
        alert.environment === action.environment &&
        abortOn.some(
          (on) => on.kind === 'alert' && on.matchers.every((matcher) => meets(alert.labels, matcher)),
        )
      );
    }
    case 'freeze':
      return isAfter && abortOn.some(({ kind }) => kind === 'freeze');
    case 'hold': {
      const { scope, autonomousOnly } = outside.hold;
      return (
        isAfter && !autonomousOnly && covers(scope, action) && abortOn.some(({ kind }) => kind === 'hold')
      );
    }
  }
}
