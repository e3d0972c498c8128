import type { Comparison } from '../../src/domain/analysis/comparison.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import { type Replayed, replay } from '../../src/domain/analysis/replay.ts';
import type { Past, Series, Stretch } from '../../src/domain/analysis/series.ts';
import { type Met, MINUTES, type Minute, type Situation } from './situations.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 3_600_000;
const ACTED_AT = Date.UTC(2026, 2, 2, 12);

const metric: Omit<MetricSpec, 'name'> = {
  source: 'simulated',
  initialDelayMs: 0,
  intervalMs: MINUTE_MS,
  count: MINUTES,
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
};

/** A comparison as an operator gets it who writes nothing but its form. */
const DEFAULTS = {
  against: 'before',
  tolerance: 1.5,
  confidence: 0.98,
  direction: 'increase',
  missing: 'remove',
  outliers: 'keep',
  lagMs: 10_000,
} as const;

const daysBefore = (at: number, days: number) => at - days * DAY_MS;

function comparisonOf({ form, against, tolerance = DEFAULTS.tolerance }: Situation): Comparison {
  const written = { ...DEFAULTS, against, tolerance };
  return form === 'ratio'
    ? { ...written, compared: { form, bad: 'bad', total: 'total' }, negligible: 0.001 }
    : { ...written, compared: { form, bad: 'bad' }, negligible: 0 };
}

/** What a watch with one comparison says of what it meets: by the code that a worker runs. */
export function watched(situation: Situation, met: Met): Replayed {
  const counters = countersOf(met);
  const pastOf = (_: string, query: string, stretch: Stretch) => counters(query as 'bad' | 'total', stretch);
  const watch = {
    metrics: [{ ...metric, name: 'errors', compare: comparisonOf(situation) }],
    extendToMs: situation.extendTo === undefined ? undefined : situation.extendTo * MINUTE_MS,
  };
  return replay(watch, ACTED_AT, { pastOf, daysBefore });
}

/** What a watch says of a gauge: 20 % more are tolerated. */
export function gaugeWatched(valueAt: (minute: number) => number): Replayed {
  const pastOf = (_: string, __: string, stretch: Stretch) =>
    seriesOf(stretch, (minute) => valueAt(minute - 1));
  const compare: Comparison = {
    ...DEFAULTS,
    compared: { form: 'value', value: 'gauge' },
    tolerance: 1.2,
    negligible: 0,
  };
  return replay({ metrics: [{ ...metric, name: 'gauge', compare }] }, ACTED_AT, { pastOf, daysBefore });
}

/** What three readings over twice the usual share say. Whoever writes such a bound must know what is usual. */
export function boundWatched({ share }: Situation, { first, today }: Met): Replayed {
  const pastOf = (_: string, __: string, stretch: Stretch) =>
    seriesOf(stretch, (minute) => {
      // A source answers with its last sample where the newest one is missing.
      const { bad, total } = today.slice(0, minute - first).findLast(({ isScraped }) => isScraped) ?? NONE;
      return total === 0 ? 0 : bad / total;
    });
  const bound = {
    ...metric,
    name: 'errors',
    query: 'share',
    successCondition: `result <= ${2 * share}`,
    initialDelayMs: MINUTE_MS,
    failureLimit: 2,
  };
  return replay({ metrics: [bound] }, ACTED_AT, { pastOf, daysBefore });
}

const NONE = { bad: 0, total: 0 };

/** The counters of a service, as a source gives them. */
function countersOf({ first, today, yesterday }: Met) {
  const days = { today: countedUp(today), yesterday: countedUp(yesterday) };
  return (query: 'bad' | 'total', stretch: Stretch): Past => {
    const isToday = stretch.until > ACTED_AT - DAY_MS / 2;
    const dayStart = isToday ? ACTED_AT : ACTED_AT - DAY_MS;
    const counted = days[isToday ? 'today' : 'yesterday'];
    return seriesOf(stretch, (minute) => counted[minute - first]?.[query], dayStart);
  };
}

/** The counters at the begin of each minute. Undefined: they were not read then. */
function countedUp(minutes: readonly Minute[]) {
  let [bad, total] = [1_000, 100_000];
  const counted: ({ readonly bad: number; readonly total: number } | undefined)[] = [{ bad, total }];
  for (const minute of minutes) {
    bad += minute.bad;
    total += minute.total;
    counted.push(minute.isScraped ? { bad, total } : undefined);
  }
  return counted;
}

function seriesOf(
  { from, until, stepMs }: Stretch,
  valueAt: (minute: number) => number | undefined,
  start = ACTED_AT,
): Past {
  const points: [number, number][] = [];
  for (let at = from; at <= until; at += stepMs) {
    const value = valueAt(Math.floor((at - start) / MINUTE_MS));
    if (value !== undefined) points.push([at, value]);
  }
  const series: Series = { labels: {}, points };
  return { kind: 'series', series: [series] };
}
