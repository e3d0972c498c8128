import { inWords } from '../briefing/text.ts';
import { worstCaseMs } from '../domain/escalation/route-duration.ts';
import type { RouteTemplate } from '../domain/escalation/route-template.ts';
import { conditionText } from '../domain/ruling/resolve-route.ts';
import { exactLine } from '../domain/shared/visible.ts';

type Steps = RouteTemplate['steps'];

/** A route as operators wrote it. `either`: a policy may use it in place of any other route. */
export type WrittenRoute = Pick<RouteTemplate, 'steps' | 'holdMs'> & {
  readonly onSilence: RouteTemplate['onSilence'] | 'either';
};

/** The worst-case time to an answer, in milliseconds. For a route that may end in either way, the longer time. */
export const worstOf = (route: WrittenRoute) =>
  worstCaseMs({ ...route, onSilence: route.onSilence === 'deny' ? 'deny' : 'proceed' });

/** The people whom a route asks, and how long it takes when nobody answers. */
export function routeLine(name: string, route: WrittenRoute): string {
  const { steps, onSilence, holdMs } = route;
  const end = {
    proceed: 'it proceeds if on-call could be paged and the watched metrics are healthy',
    deny: 'it expires',
    either: 'it ends as the one in whose place it stands',
  }[onSilence];
  const holdText =
    holdMs === undefined ? '' : `, of which ${inWords(holdMs)} only if somebody acknowledges it`;
  const silenceText = `In silence, after ${inWords(worstOf(route))} at most${holdText}, ${end}.`;
  if (steps.every((step) => step.name === undefined))
    return exactLine(`Route ${name}: ${steps.map(saidOf).join(', then ')}. ${silenceText}`);
  return [`Route ${name}:`, ...steps.map((step, i) => `  ${stepLine(steps, step, i)}`), `  ${silenceText}`]
    .map(exactLine)
    .join('\n');
}

function saidOf(step: Steps[number]): string {
  if ('when' in step) return `if ${conditionText(step.when)}`;
  if ('repeatFrom' in step) return `${step.times} ${step.times === 1 ? 'time' : 'times'}`;
  const wait = `(${inWords(step.waitMs)}${'until' in step ? ' at most' : ''})`;
  return 'notify' in step
    ? `${step.notify} by ${step.by} ${wait}`
    : `waits${'until' in step ? ' until business hours' : ''} ${wait}`;
}

function stepLine(steps: Steps, step: Steps[number], index: number): string {
  const nameAt = (next: number) => steps[next]?.name ?? 'the end';
  const next = nameAt(step.next ?? index + 1);
  const stepText = saidOf(step);
  if ('when' in step) return `${step.name}: ${stepText}, ${next}; otherwise ${nameAt(step.else)}`;
  if ('repeatFrom' in step)
    return `${step.name}: again from ${nameAt(step.repeatFrom)} ${stepText}, then ${next}`;
  return `${step.name}: ${stepText}, then ${next}`;
}
