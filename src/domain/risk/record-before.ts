import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import { samenessOf } from '../attention/request-facts.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { endedIn, outcomesOf } from './similar-actions.ts';

/**
 * The record of this very action: of the same type, target, environment and parameters, whichever agent asked and whichever id it wrote. Of
 * the 200 similar actions that were ruled on last. Times in milliseconds since the epoch.
 */
export interface SameBefore {
  /** The number that ended. */
  readonly count: number;
  /** The number by outcome; outcomes that did not occur are absent. */
  readonly outcomes: Partial<Readonly<Record<OutcomeKind, number>>>;
  /** When the first of them ended. Absent: there is none. */
  readonly since?: number | undefined;
  /** The one that ended last. Absent: there is none. */
  readonly last?:
    | {
        readonly actionId: string;
        readonly outcome: OutcomeKind;
        readonly at: number;
        /** Why it ended so. Absent: it was not recorded. */
        readonly reason?: string | undefined;
      }
    | undefined;
}

export function sameBefore(action: Action, past: readonly PastAction[]): SameBefore {
  const sameness = samenessOf(action);
  const endedActions = endedIn(action, past)
    .filter(({ past }) => past.sameness === sameness)
    .sort((a, b) => b.closed.at - a.closed.at);
  const [last] = endedActions;
  const first = endedActions.at(-1);
  return {
    count: endedActions.length,
    outcomes: outcomesOf(endedActions),
    ...(first ? { since: first.closed.at } : {}),
    ...(last
      ? {
          last: {
            actionId: last.past.actionId,
            outcome: last.closed.outcome,
            at: last.closed.at,
            ...(last.closed.reason === undefined ? {} : { reason: last.closed.reason }),
          },
        }
      : {}),
  };
}

/** How often actions ran, and how many of these ended well: they succeeded, no reviewer disagreed, and nobody reported them. */
export interface RunsBefore {
  readonly ran: number;
  readonly well: number;
}

/** The runs of an action type that are on record, of the 200 similar actions that were ruled on last. */
export interface RanBefore {
  /** On this target, in this environment, whatever the parameters. */
  readonly onTarget: RunsBefore;
  /** By this agent, in any build, on this target or on services of the same tier. */
  readonly byAgent: RunsBefore;
}

export function ranBefore(action: Action, past: readonly PastAction[]): RanBefore {
  const runs = endedIn(action, past).filter(({ past }) => past.admittedAt !== undefined);
  const counted = (counts: (past: PastAction) => boolean): RunsBefore => {
    const countedRuns = runs.filter(({ past }) => counts(past));
    return { ran: countedRuns.length, well: countedRuns.filter(({ past }) => endedWell(past)).length };
  };
  return {
    onTarget: counted(
      ({ target, environment }) => target === action.target && environment === action.environment,
    ),
    byAgent: counted(({ agent }) => agent.id === action.agent.id),
  };
}

/** Whether an action succeeded, no reviewer disagreed, and nobody reported it as regressed. */
export const endedWell = ({ closed, review, reported }: PastAction): boolean =>
  closed?.outcome === 'succeeded' && review !== 'disagreed' && reported?.found !== 'regressed';
