import { worstCaseMs } from '../../domain/escalation/route-duration.ts';
import type { RouteTemplate, StepTemplate } from '../../domain/escalation/route-template.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { LONGEST_PINNED_MS } from '../../domain/ruling/resolve-route.ts';
import type { Connections } from '../rules/connections.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { Path, Source } from '../source/yaml-files.ts';

type Reached = Pick<Connections, 'pager' | 'slack' | 'webhook'>;

/**
 * Checks that the channels, schedules and business hours that the routes name exist, and that the routes do not depend on a time too far
 * ahead.
 */
export function checkRoutes(source: Source, { rules }: Installation, reach: Reached): ConfigFault[] {
  const { window, approval, routes, schedules = {}, businessHours } = rules;
  const { keys = {} } = reach.pager;
  const routeTemplates: readonly (readonly [Path, Omit<RouteTemplate, 'onSilence'>])[] = [
    [['window', 'route'], window.route],
    [['approval', 'route'], approval.route],
    ...Object.entries(routes).map(([name, route]) => [['routes', name], route] as const),
  ];
  return [
    ...routeTemplates.flatMap(([path, route]) => [
      ...route.steps.flatMap((step, i) =>
        problemsOf(step).map(({ member, problem }) =>
          source.fault([...path, 'steps', step.name ?? i, member], problem),
        ),
      ),
      ...(route.steps.some(asksForTime) && worstCaseMs({ ...route, onSilence: 'proceed' }) > LONGEST_PINNED_MS
        ? [
            source.fault(
              [...path, 'steps'],
              'takes more than 30 days, and who is on call by then is not known: wait less, or repeat less often',
            ),
          ]
        : []),
    ]),
    ...Object.keys(keys).flatMap((recipient) => {
      const problem = scheduleProblem(recipient);
      return problem ? [source.fault(['channels', 'pager', 'keys', recipient], problem)] : [];
    }),
  ];

  function problemsOf(step: StepTemplate): { member: string; problem: string }[] {
    if ('when' in step) {
      const { when } = step;
      if (when === 'businessHours' && !businessHours) return [{ member: 'when', problem: NEEDS_HOURS }];
      if (typeof when === 'string' || !('nobodyOnCall' in when)) return [];
      const problem = scheduleProblem(`schedule:${when.nobodyOnCall}`);
      return problem ? [{ member: 'when', problem }] : [];
    }
    if ('until' in step && !businessHours) return [{ member: 'wait', problem: NEEDS_HOURS }];
    if (!('notify' in step)) return [];
    const { notify, by } = step;
    const scheduleFault = scheduleProblem(notify);
    return [
      ...(scheduleFault ? [{ member: 'notify', problem: scheduleFault }] : []),
      ...(by === 'page' && notify !== 'on-call' && !Object.hasOwn(keys, notify)
        ? [{ member: 'notify', problem: ONLY_ON_CALL }]
        : []),
      ...((by === 'slack' || by === 'webhook') && !reach[by]
        ? [{ member: 'by', problem: `needs channels.${by}: write how it is reached` }]
        : []),
    ];
  }

  function scheduleProblem(recipient: string): string | undefined {
    const [kind, name = ''] = recipient.split(':');
    return kind !== 'schedule' || Object.hasOwn(schedules, name)
      ? undefined
      : `${name} is not among schedules; ${hint(name, Object.keys(schedules))}`;
  }
}

const NEEDS_HOURS = 'needs businessHours: write at the top when people are at work';

const ONLY_ON_CALL =
  'must be on-call, as only on-call can be paged; or write by: mail, or an integration key for it in channels.pager.keys';

/** Whether a step depends on the time at which it is due. */
const asksForTime = (step: StepTemplate) =>
  'when' in step
    ? step.when === 'businessHours' || (typeof step.when !== 'string' && 'nobodyOnCall' in step.when)
    : 'until' in step || ('notify' in step && step.notify.startsWith('schedule:'));
