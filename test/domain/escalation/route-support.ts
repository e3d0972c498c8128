import type { Condition, Route, RouteStep, Telling } from '../../../src/domain/escalation/route.ts';
import { routeDurationOf } from '../../../src/domain/escalation/route-duration.ts';
import { acknowledged, openingOf, pass } from '../../../src/domain/escalation/route-progress.ts';

export const step = (waitMs: number, rest: Partial<Telling> = {}): Telling => ({
  by: 'mail',
  whom: 'owners',
  people: ['ada'],
  waitMs,
  ...rest,
});
export const route = (...steps: RouteStep[]): Route => ({ steps, onSilence: 'deny' });
export const branch = (when: Condition, next: number, otherwise: number): RouteStep => ({
  when,
  next,
  else: otherwise,
});
export const notDelivered: Condition = { kind: 'notDelivered', what: 'the last message was not delivered' };
export const during = (from: number, until: number): Condition => ({
  kind: 'during',
  what: 'it is day',
  times: [{ from, until }],
});

interface Facts {
  readonly openedAt?: number;
  /** Messages that arrive. All, unless it is said. */
  readonly arrives?: (name: string) => boolean;
  /** When somebody acknowledges it. */
  readonly at?: number;
}

/** All that happens along a route in silence: what is told when, and when it is over. */
export function walked(given: Route, { openedAt = 0, arrives = () => true, at }: Facts = {}) {
  let walk = openingOf(openedAt, routeDurationOf(given));
  const told: (readonly [number, string, ...string[]])[] = [];
  for (let steps = 0; walk.next < given.steps.length; steps += 1) {
    if (steps > 1_000) throw new Error('it does not end');
    if (at !== undefined) walk = acknowledged(given, walk, at);
    const due = walk.at;
    const passed = pass(given, walk, arrives);
    walk = passed.walk;
    if (passed.told) told.push([due, passed.told.step.whom, ...passed.told.people]);
  }
  if (at !== undefined) walk = acknowledged(given, walk, at);
  return { told, over: walk.at };
}
