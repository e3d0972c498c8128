import type { Action, Category, Severity } from '../action/action.ts';
import { openingsBetween } from '../calendar/calendar.ts';
import { type Shift, shiftsOf } from '../calendar/on-call-schedule.ts';
import type { Branch, Condition, Period, Route, RouteStep } from '../escalation/route.ts';
import { worstCaseMs } from '../escalation/route-duration.ts';
import type {
  ConditionTemplate,
  PauseTemplate,
  RouteTemplate,
  StepTemplate,
} from '../escalation/route-template.ts';
import { audience } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { lookup } from '../shared/lookup.ts';

/** The facts, besides the action, that a route depends on. */
export interface Circumstance {
  readonly severity: Readonly<Record<Category, Severity>>;
  /** When it is ruled on, in milliseconds since the epoch. */
  readonly at: number;
  /** Returns whom to tell, with delegates instead of people who are away. */
  readonly reach: (people: readonly string[]) => readonly string[];
}

/** How long after the worst case times are pinned, because a worker may be away between the ruling and the opening. */
const MARGIN_MS = 7 * 24 * 3_600_000;

/**
 * The longest time for which times are pinned, so that the ruling stays small. The loader refuses a longer route that depends on the time.
 */
export const LONGEST_PINNED_MS = 30 * 24 * 3_600_000;

/**
 * Resolves a route for pinning: the people of each step by name, who is on call when, and when it is business hours. All of it is plain
 * times, so that walking the route needs neither the installation nor a time zone. Another version of the runtime may have other time zone
 * rules.
 */
export function pinRoute(
  installation: Installation,
  action: Action,
  route: RouteTemplate,
  { severity, at, reach }: Circumstance,
): Route {
  const lastsMs = Math.min(worstCaseMs(route), LONGEST_PINNED_MS);
  const knownShifts = new Map<string, readonly Shift[]>();
  const period = { from: at, until: at + lastsMs + MARGIN_MS };
  return {
    onSilence: route.onSilence,
    ...(route.holdMs === undefined ? {} : { holdMs: route.holdMs }),
    ...(route.mailSettled ? { mailSettled: true } : {}),
    steps: route.steps.map((step) => pinStep(step)),
  };

  function pinStep(step: StepTemplate): RouteStep {
    if ('when' in step) return pinBranch(step);
    if ('repeatFrom' in step) return step;
    if (!('notify' in step)) return pinPause(step);
    const { notify, ...telling } = step;
    const [kind, name = ''] = notify.split(':');
    const { whom, people } = audience(installation, action, [notify]);
    return {
      ...telling,
      whom,
      people: reach(people),
      ...(telling.by === 'page' && notify !== 'on-call' ? { to: notify } : {}),
      ...(kind === 'schedule'
        ? { shifts: shiftsIn(name).map((shift) => ({ ...shift, people: reach(shift.people) })) }
        : {}),
    };
  }

  function pinPause({ until, ...pause }: PauseTemplate): RouteStep {
    return until === undefined ? pause : { ...pause, until: businessHours() };
  }

  function pinBranch({ when, next, else: otherwise, ...rest }: Branch<ConditionTemplate>): RouteStep {
    const condition = pinCondition(when);
    if (condition.kind !== 'known') return { ...rest, when: condition, next, else: otherwise };
    const way = condition.holds ? next : otherwise;
    return { ...rest, when: condition, next: way, else: way };
  }

  function pinCondition(template: ConditionTemplate): Condition {
    const what = conditionText(template);
    if (template === 'notDelivered') return { kind: 'notDelivered', what };
    if (template === 'businessHours') return { kind: 'during', what, times: businessHours() };
    if ('category' in template)
      return { kind: 'known', what, holds: severity[template.category] >= template.atLeast };
    const emptyShifts = shiftsIn(template.nobodyOnCall).filter(({ people }) => people.length === 0);
    return { kind: 'during', what, times: emptyShifts.map(({ from, until }) => ({ from, until })) };
  }

  /** Returns the shifts of a schedule. Each schedule is computed once, because several steps may use it. */
  function shiftsIn(name: string): readonly Shift[] {
    const shifts = knownShifts.get(name) ?? workOut(name);
    knownShifts.set(name, shifts);
    return shifts;
  }

  function workOut(name: string): readonly Shift[] {
    const schedule = lookup(installation.rules.schedules ?? {}, name);
    return schedule ? shiftsOf(schedule, period.from, period.until) : [{ ...period, people: [] }];
  }

  function businessHours(): Period[] {
    const hours = installation.rules.businessHours;
    return hours ? openingsBetween([hours], period, hours.timeZone) : [];
  }
}

/** The condition of a branch in words. */
export function conditionText(template: ConditionTemplate): string {
  if (template === 'businessHours') return 'it is business hours';
  if (template === 'notDelivered') return 'the last message was not delivered';
  return 'category' in template
    ? `${template.category} is ${template.atLeast} of 4 or more`
    : `nobody of ${template.nobodyOnCall} is on call`;
}
