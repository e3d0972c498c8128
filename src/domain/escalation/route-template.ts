import type { Category, Severity } from '../action/action.ts';
import type { ChangeWindow } from '../calendar/calendar.ts';
import type { Branch, Means, Pause, Repeat, Route } from './route.ts';

/**
 * `owners` = the owner of the target, `data-owners` = the owners of its data, `on-call`, or `group:name`. A step of a route
 * may also tell `user:name`, or `schedule:name` = whoever is on call then.
 */
export type Whom = string;

/** What a branch of a route asks, as operators write it. */
export type ConditionTemplate =
  | 'businessHours'
  | 'notDelivered'
  | { readonly nobodyOnCall: string }
  | { readonly category: Category; readonly atLeast: Exclude<Severity, 0> };

/** Waits, and tells nobody; `until` business hours begin, and `waitMs` is then how long that may take at the most. */
export type PauseTemplate = Omit<Pause, 'until'> & { readonly until?: 'businessHours' | undefined };

export type StepTemplate =
  | (Omit<Pause, 'until'> & { readonly notify: Whom; readonly by: Means })
  | PauseTemplate
  | Repeat
  | Branch<ConditionTemplate>;

/** The steps of a route, and whom it tells, as operators write them. */
export type RouteTemplate = Pick<Route, 'onSilence' | 'holdMs' | 'mailSettled'> & {
  readonly steps: readonly StepTemplate[];
};

/** Days and minutes as of a change window, where clocks show them. */
export type BusinessHours = Pick<ChangeWindow, 'days' | 'from' | 'to'> & { readonly timeZone: string };
