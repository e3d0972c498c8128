import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { PastAction } from '../ledger/past-action.ts';

const LAST = 5;

/** How similar actions ended before: of the same type, on the same target or on a service of the same tier. */
export interface Similar {
  /** The number that ended, among the 200 that were ruled on last. */
  readonly count: number;
  /** The number by outcome; outcomes that did not occur are absent. */
  readonly outcomes: Partial<Readonly<Record<OutcomeKind, number>>>;
  /** The latest five, newest first. Times in milliseconds since the epoch. */
  readonly last: readonly {
    readonly actionId: string;
    readonly target: string;
    readonly environment: string;
    readonly outcome: OutcomeKind;
    readonly at: number;
  }[];
}

export function similarTo(action: Action, past: readonly PastAction[]): Similar {
  const similarActions = past.filter(
    ({ actionId, actionType, target, serviceTier }) =>
      actionId !== action.id &&
      actionType === action.type &&
      (target === action.target || serviceTier === action.serviceTier),
  );
  const endedActions = similarActions
    .flatMap(({ actionId, target, environment, closed }) =>
      closed ? [{ actionId, target, environment, outcome: closed.outcome, at: closed.at }] : [],
    )
    .sort((a, b) => b.at - a.at);
  const outcomes: Partial<Record<OutcomeKind, number>> = {};
  for (const { outcome } of endedActions) outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  return { count: endedActions.length, outcomes, last: endedActions.slice(0, LAST) };
}

export function similarReasons({ count, outcomes }: Similar): string[] {
  if (count === 0) return ['nothing like it is on record'];
  const outcomeTexts = Object.entries(outcomes).map(([outcome, times]) => `${times} ${outcome}`);
  return [`${count} like it ${count === 1 ? 'is' : 'are'} on record: ${outcomeTexts.join(', ')}`];
}
