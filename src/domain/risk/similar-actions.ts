import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { beginningOf } from '../shared/beginning.ts';
import type { Json } from '../shared/json.ts';
import { shownJson } from '../shared/shown-json.ts';

const LAST = 5;

/** The longest text of what an action changed, in UTF-16 units. */
const CHANGED = 160;

/** How similar actions ended before: of the same type, on the same target or on a service of the same tier. */
export interface Similar {
  /** The number that ended, among the 200 that were ruled on last. */
  readonly count: number;
  /** The number by outcome; outcomes that did not occur are absent. */
  readonly outcomes: Partial<Readonly<Record<OutcomeKind, number>>>;
  /** Five of them: those on the same target first, and of these the newest first. Times in milliseconds since the epoch. */
  readonly last: readonly {
    readonly actionId: string;
    readonly target: string;
    readonly environment: string;
    readonly outcome: OutcomeKind;
    readonly at: number;
    /** The parameters in words, for example `count 9`, without long ones. Absent: there are none, or they were not recorded. */
    readonly changed?: string | undefined;
    /** Why it ended so. Absent: it was not recorded. */
    readonly reason?: string | undefined;
  }[];
}

export function similarTo(action: Action, past: readonly PastAction[]): Similar {
  const onTarget = ({ target }: PastAction) => target === action.target;
  const endedActions = endedIn(action, past)
    .filter(({ past }) => onTarget(past) || past.serviceTier === action.serviceTier)
    .sort((a, b) => Number(onTarget(b.past)) - Number(onTarget(a.past)) || b.closed.at - a.closed.at);
  return {
    count: endedActions.length,
    outcomes: outcomesOf(endedActions),
    last: endedActions.slice(0, LAST).map(({ past: { actionId, target, environment, params }, closed }) => ({
      actionId,
      target,
      environment,
      outcome: closed.outcome,
      at: closed.at,
      ...changedBy(params),
      ...(closed.reason === undefined ? {} : { reason: closed.reason }),
    })),
  };
}

export function similarReasons({ count, outcomes }: Similar): string[] {
  if (count === 0) return ['nothing like it is on record'];
  const outcomeTexts = Object.entries(outcomes).map(([outcome, times]) => `${times} ${outcome}`);
  return [`${count} like it ${count === 1 ? 'is' : 'are'} on record: ${outcomeTexts.join(', ')}`];
}

/** Says how a similar action ended, what it had changed, and why it ended so, where these were recorded. */
export const endText = ({ outcome, changed, reason }: Similar['last'][number]): string =>
  `${outcome}${changed === undefined ? '' : ` with ${changed}`}${reason === undefined ? '' : `: ${reason}`}`;

interface Ended {
  readonly past: PastAction;
  readonly closed: NonNullable<PastAction['closed']>;
}

/** Returns the other actions of the same type that ended. */
export const endedIn = ({ id, type }: Pick<Action, 'id' | 'type'>, past: readonly PastAction[]): Ended[] =>
  past.flatMap((past) =>
    past.closed && past.actionId !== id && past.actionType === type ? [{ past, closed: past.closed }] : [],
  );

export function outcomesOf(endedActions: readonly Ended[]): Similar['outcomes'] {
  const outcomes: Partial<Record<OutcomeKind, number>> = {};
  for (const { closed } of endedActions) outcomes[closed.outcome] = (outcomes[closed.outcome] ?? 0) + 1;
  return outcomes;
}

function changedBy(params: PastAction['params']): { readonly changed?: string } {
  const text = Object.entries(params ?? {})
    .map(([name, value]) => `${name} ${valueText(value)}`)
    .join(', ');
  if (text === '') return {};
  return {
    changed: text.length <= CHANGED ? text : `${beginningOf(text, CHANGED)}...`,
  };
}

const valueText = (value: Json) => (typeof value === 'string' ? value : shownJson(value));
