import { busyText, whyPeopleOnly } from '../calendar/calendar.ts';
import { iso } from '../shared/sentence.ts';
import { percentText, toDigits } from '../shared/shown-json.ts';
import type { Live, NamedIncident } from './live-context.ts';
import type { CurrentValue } from './size.ts';

/**
 * The points that the live context adds to the risk, from 0 to 22. A fact that was asked for and is not known counts as the worst possible;
 * a fact for which operators named no source counts nothing.
 *
 *     error budget   up to 8   8 x the share that is used
 *     incidents      up to 6   6 with one on the target, 3 with one beside it
 *     actions        2         another one runs on the target or beside it
 *     calendar       2         a freeze is on, or no change window is open
 *     on call        2         nobody is
 *     load           2         it is high, or a busy time is on
 */
export function livePoints(live: Live, target: string): number {
  const { errorBudgetLeft, incidents = [], onCall, running, circumstances, load } = live;
  const budgetLeft = errorBudgetLeft?.kind === 'unknown' ? 0 : (errorBudgetLeft?.value ?? 1);
  const onTarget = incidents.some(({ service }) => service === target);
  const parts = [
    8 * (1 - Math.min(1, Math.max(0, budgetLeft))),
    onTarget ? 6 : incidents.length > 0 ? 3 : 0,
    running.length > 0 ? 2 : 0,
    whyPeopleOnly(circumstances).length > 0 ? 2 : 0,
    onCall.kind === 'known' && onCall.value >= 1 ? 0 : 2,
    // A busy time and the load that it brings are one thing.
    (load && isHigh(load)) || circumstances.busy ? 2 : 0,
  ];
  return parts.reduce((sum, points) => sum + points, 0);
}

/** The live context in words, for people. */
export function liveReasons(live: Live, target: string, slo: number | undefined): string[] {
  const {
    localTime,
    circumstances,
    errorBudgetLeft,
    errorBudgetBurnRate,
    incidents = [],
    onCall,
    running,
    load,
  } = live;
  const budget = `the error budget of ${target}${slo === undefined ? '' : `, whose objective is ${slo} %,`}`;
  return [
    `at ${target} it is ${localTime}`,
    ...whyPeopleOnly(circumstances),
    ...busyText(circumstances),
    ...(errorBudgetLeft?.kind === 'known'
      ? [`${percentText(errorBudgetLeft.value)} of ${budget} is left`]
      : []),
    ...(errorBudgetLeft?.kind === 'unknown'
      ? [`how much of ${budget} is left is not known: ${errorBudgetLeft.reason}; so it counts as used up`]
      : []),
    ...(errorBudgetBurnRate ? [burnRateText(errorBudgetBurnRate, target)] : []),
    ...(load ? [loadText(load, target)] : []),
    ...incidents.flatMap(({ service, open, named = [], unnamed }) =>
      open.kind === 'known'
        ? [
            `incidents open on ${service}: ${open.value}`,
            ...named.map(incidentText),
            ...(unnamed === undefined
              ? []
              : [`which incidents are open on ${service} is not known: ${unnamed}`]),
          ]
        : `whether an incident is open on ${service} is not known: ${open.reason}; so it counts as one`,
    ),
    ...running.map(({ actionId, service }) => `${actionId} runs on ${service} now`),
    onCall.kind === 'known'
      ? `on call for ${target}: ${onCall.value < 1 ? 'nobody' : people(onCall.value)}`
      : `who is on call for ${target} is not known: ${onCall.reason}; so it counts as nobody`,
  ];
}

const incidentText = ({ id, title, kind, startedAt }: NamedIncident) =>
  `incident ${id}${kind === undefined ? '' : ` of kind ${kind}`} began at ${iso(startedAt)}: ${title}`;

/** Says how fast an error budget is used. */
export const burnRateText = (burnRate: CurrentValue, target: string) =>
  burnRate.kind === 'known'
    ? `the error budget of ${target} is used ${toDigits(burnRate.value, 3)} times as fast as it may be`
    : `how fast the error budget of ${target} is used is not known: ${burnRate.reason}`;

/** From so many times its usual load on, a service has little room for anything that goes wrong. */
const HIGH_LOAD = 1.5;

/** Whether a load counts as high. INVARIANT 7: one that is not known does. */
export const isHigh = (load: CurrentValue): boolean => load.kind === 'unknown' || load.value >= HIGH_LOAD;

/** Says how the load of a service is. */
export const loadText = (load: CurrentValue, target: string) =>
  load.kind === 'known'
    ? `${target} has ${toDigits(load.value, 3)} times the load that is usual for this hour`
    : `how high the load of ${target} is, is not known: ${load.reason}; so it counts as high`;

const people = (count: number) => (count === 1 ? '1 person' : `${count} people`);
