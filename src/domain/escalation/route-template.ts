import type { Category, Severity } from '../action/action.ts';
import type { ChangeWindow } from '../calendar/calendar.ts';
import type { Branch, Means, Pause, Repeat, Route } from './route.ts';

/**
 * The people of a rule: `owners` = the owner of the target, `data-owners` = the owners of its data, `on-call`, or `group:name`. A step of a
 * route may also tell `user:name`, or `schedule:name` = the person who is on call at that time.
 */
export type Whom = string;

/** The condition of a branch as operators write it. */
export type ConditionTemplate =
  | 'businessHours'
  | 'notDelivered'
  | { readonly nobodyOnCall: string }
  | { readonly category: Category; readonly atLeast: Exclude<Severity, 0> };

/** A step that waits and tells nobody. With `until` it waits until business hours begin, and for `waitMs` at most. */
export type PauseTemplate = Omit<Pause, 'until'> & { readonly until?: 'businessHours' | undefined };

export type StepTemplate =
  | (Omit<Pause, 'until'> & { readonly notify: Whom; readonly by: Means })
  | PauseTemplate
  | Repeat
  | Branch<ConditionTemplate>;

/** A route as operators write it: its steps, and whom it tells. */
export type RouteTemplate = Pick<Route, 'onSilence' | 'holdMs' | 'mailSettled'> & {
  readonly steps: readonly StepTemplate[];
};

/** Business hours: days and minutes as in a change window, in local time. */
export type BusinessHours = Pick<ChangeWindow, 'days' | 'from' | 'to'> & { readonly timeZone: string };
