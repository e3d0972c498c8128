import { type Verdict, verdictOf } from './analysis-verdict.ts';
import { queriesOn, type Sides, sidesOf, stretchOf } from './blocks.ts';
import { assessReading, type Reading } from './condition.ts';
import { afterCheck, courseOf, isAtEnd } from './course.ts';
import { circumstancesOf, type LookAnswer, lookOf, lookPlanOf, type SideToRead } from './look.ts';
import { judgedBetween, measurementOf, readUntil } from './measurement-of.ts';
import {
  isCompared,
  isMeasured,
  looksAt,
  type MeasuredMetric,
  type Measurement,
  type MetricSpec,
  type Watch,
} from './metrics.ts';
import { stretchBetween } from './schedule.ts';
import { onlySeriesIn, type Past, type Stretch } from './series.ts';

/** What a watch is replayed on. */
export interface Replaying {
  /** What was read of a query, at the steps of a stretch. */
  readonly pastOf: (source: string, query: string, stretch: Stretch) => Past;
  /** The same time so many days earlier, by the clocks of the service. */
  readonly daysBefore: (at: number, days: number) => number;
  /** The watch that the replayed one is a part of: its comparisons share the chance of a false alarm. Absent: it is all of it. */
  readonly partOf?: Watch;
}

/** What a watch would have said. */
export interface Replayed {
  readonly verdict: Verdict;
  /** How long after the action it would have said so, in milliseconds. */
  readonly afterMs: number;
  readonly measurements: readonly Measurement[];
}

/** Says what a watch would have said of an action at a moment of the past. @param actedAt milliseconds since the epoch */
export function replay(
  watch: Watch,
  actedAt: number,
  { pastOf, daysBefore, partOf = watch }: Replaying,
): Replayed {
  const baseline = new Map(
    watch.metrics.filter(isMeasured).map((spec) => [spec.name, numberAt(spec, actedAt)] as const),
  );
  let course = courseOf(watch);
  let now = actedAt;
  for (;;) {
    const { next, measurements } = course;
    const verdict = verdictOf(watch, measurements, next === undefined);
    if (verdict.kind !== 'pending') return { verdict, afterMs: now - actedAt, measurements };
    if (!next) throw new Error('a watch that is over has a verdict');
    now += next.waitMs;
    course = afterCheck(course, next.metrics.flatMap(taken));
  }

  function taken(spec: MetricSpec): Measurement[] {
    const read = isMeasured(spec) ? judged(spec) : [];
    const measurement = measurementOf(spec, read.at(-1), isCompared(spec) ? look(spec) : undefined, now);
    return measurement ? [...read.slice(0, -1), measurement] : read;
  }

  /** What its conditions say of the time since its last reading, and last of now. */
  function judged(spec: MeasuredMetric): Measurement[] {
    const stretch = stretchBetween(spec.intervalMs, readUntil(spec, actedAt, course.measurements), now);
    const between = stretch && pastOf(spec.source, spec.query, stretch);
    const before = baseline.get(spec.name);
    return [...judgedBetween(spec, between, before), assessReading(spec, readingAt(spec, now), before, now)];
  }

  function readingAt({ source, query, intervalMs }: MeasuredMetric, at: number): Reading {
    const past = pastOf(source, query, { from: at, until: at, stepMs: intervalMs });
    const points = onlySeriesIn(past, 'a condition');
    if (points.kind === 'none') return points;
    const [, value] = points.points.at(-1) ?? [];
    return value === undefined
      ? { kind: 'none', reason: 'the query gave no series' }
      : { kind: 'value', value };
  }

  function numberAt(spec: MeasuredMetric, at: number): number | undefined {
    const reading = readingAt(spec, at);
    return reading.kind === 'value' && Number.isFinite(reading.value) ? reading.value : undefined;
  }

  function look(spec: Parameters<typeof lookPlanOf>[0]): LookAnswer {
    const lookedAt = {
      admittedAt: actedAt,
      executedAt: actedAt,
      looks: looksAt(course.measurements, spec.name),
      longestMs: watch.extendToMs ?? 0,
      daysBefore,
      circumstances: circumstancesOf(partOf, spec, { isEnd: isAtEnd(course, spec.name) }),
    };
    const plan = lookPlanOf(spec, lookedAt, now);
    const sides = { after: sideOf(spec, plan.after), before: sideOf(spec, plan.before) };
    return lookOf(spec, lookedAt, plan, sides);
  }

  function sideOf({ source }: MetricSpec, { compared, blocks }: SideToRead): Sides {
    if (blocks.count === 0) return { kind: 'sides', sides: [] };
    const answers = Object.entries(queriesOn(compared)).map(
      ([name, query]) => [name, pastOf(source, query, stretchOf(blocks))] as const,
    );
    return sidesOf(compared, blocks, Object.fromEntries(answers));
  }
}
