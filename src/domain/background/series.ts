import type { Points, Stretch } from '../analysis/series.ts';
import { instantOf, offsetAt } from '../calendar/local-time.ts';
import { numberText, rangeText, toDigits } from '../shared/shown-json.ts';

/** One hour of a metric, in steps, beside the same hour of the days before. */
export type MetricSeries =
  | {
      readonly kind: 'read';
      readonly metric: string;
      /** The time of the last value, in milliseconds since the epoch. The first is an hour older. */
      readonly until: number;
      /** A value for each step; null: there was none. */
      readonly values: readonly (number | null)[];
      /** Absent: there is no value from the days before. */
      readonly before?: DaysBefore | undefined;
    }
  | { readonly kind: 'unknown'; readonly metric: string; readonly reason: string };

/** The same hour of the days before, step by step: the least, the middle and the greatest value of these days. */
export interface DaysBefore {
  /** The number of days that have a value. */
  readonly days: number;
  readonly least: readonly (number | null)[];
  readonly middle: readonly (number | null)[];
  readonly greatest: readonly (number | null)[];
}

const STEP_MS = 5 * 60_000;
const STEPS = 12;
const DAY_MS = 24 * 3_600_000;
const DAYS = 7;

/**
 * Returns the hour that ends at a moment, and the same hour of each of the seven days before, the newest first. It is the same hour by the
 * clocks of the service, also where summer time began or ended meanwhile.
 *
 * @param at milliseconds since the epoch
 */
export function hoursToCompare(at: number, timeZone: string): Stretch[] {
  const local = at + offsetAt(at, timeZone);
  return Array.from({ length: DAYS + 1 }, (_, day) => {
    const until = day === 0 ? at : instantOf(local - day * DAY_MS, timeZone);
    return { from: until - STEPS * STEP_MS, until, stepMs: STEP_MS };
  });
}

/** Builds the series of a metric. @param hours the answers to `hoursToCompare`, in its order */
export function seriesOf(
  metric: string,
  stretches: readonly Stretch[],
  hours: readonly Points[],
): MetricSeries {
  const [lastHour, ...hoursBefore] = stretches.map((stretch, i) => stepsIn(stretch, hours[i]));
  const [stretch] = stretches;
  const [answer] = hours;
  if (!stretch || !lastHour || !answer) return { kind: 'unknown', metric, reason: 'nobody read it' };
  if (answer.kind === 'none') return { kind: 'unknown', metric, reason: answer.reason };
  if (!lastHour.some((value) => value !== null))
    return { kind: 'unknown', metric, reason: 'it had no value in the last hour' };
  const days = hoursBefore.filter((hour) => hour.some((value) => value !== null));
  const values = lastHour.map(short);
  if (days.length === 0) return { kind: 'read', metric, until: stretch.until, values };
  const ofEachStep = (pick: (sorted: readonly number[]) => number | undefined) =>
    values.map((_, step) => {
      const sorted = days.flatMap((hour) => hour[step] ?? []).sort((a, b) => a - b);
      return short(pick(sorted) ?? null);
    });
  return {
    kind: 'read',
    metric,
    until: stretch.until,
    values,
    before: {
      days: days.length,
      least: ofEachStep((sorted) => sorted[0]),
      middle: ofEachStep((sorted) => sorted[Math.floor(sorted.length / 2)]),
      greatest: ofEachStep((sorted) => sorted.at(-1)),
    },
  };
}

/** The last value of each step of a stretch; null where there is no number. */
function stepsIn({ from, stepMs }: Stretch, hour: Points | undefined): (number | null)[] {
  const steps = Array.from({ length: STEPS + 1 }, (): number | null => null);
  if (hour?.kind !== 'points') return steps;
  for (const [at, value] of hour.points) {
    const step = Math.round((at - from) / stepMs);
    if (step >= 0 && step <= STEPS && Number.isFinite(value)) steps[step] = value;
  }
  return steps;
}

/** Four digits: nobody reads more from a small chart, and the record is shorter. */
const short = (value: number | null): number | null => (value === null ? null : toDigits(value, 4));

/** Where the value of a metric at this moment stands beside the same hour of the days before. */
export type Beside = 'above' | 'within' | 'below';

/** Returns where the last value stands; undefined where there is none, or nothing to compare with. */
export function besideDaysBefore({
  values,
  before,
}: Extract<MetricSeries, { kind: 'read' }>): Beside | undefined {
  const now = values.at(-1) ?? null;
  const usual = before && rangeOf(before);
  if (now === null || !usual) return undefined;
  if (now > usual.greatest) return 'above';
  return now < usual.least ? 'below' : 'within';
}

/** The least and the greatest value of the hour, over all days before. */
function rangeOf({ least, greatest }: DaysBefore): { least: number; greatest: number } {
  const numbers = [...least, ...greatest].flatMap((value) => value ?? []);
  return { least: Math.min(...numbers), greatest: Math.max(...numbers) };
}

function usualText(before: DaysBefore): string {
  const { least, greatest } = rangeOf(before);
  return rangeText(least, greatest);
}

const BESIDE_WORDS: Readonly<Record<Beside, string>> = {
  above: 'more than',
  within: 'as',
  below: 'less than',
};

/** Says in a few words how a metric is at this moment, for a line that has many facts. */
export function seriesGist(series: Extract<MetricSeries, { kind: 'read' }>): string {
  const now = series.values.at(-1) ?? null;
  const nowText = now === null ? `${series.metric} has no value` : `${series.metric} ${numberText(now)}`;
  if (!series.before) return `${nowText}, nothing to compare with`;
  const beside = besideDaysBefore(series);
  if (beside === 'within') return `${nowText}, as usual`;
  return `${nowText}, ${beside === undefined ? 'usually' : `${beside} the usual`} ${usualText(series.before)}`;
}

/** Says in words what the chart of a series shows, without the final period. */
export function seriesText(series: MetricSeries): string {
  const { metric } = series;
  if (series.kind === 'unknown') return `how ${metric} was before is not known: ${series.reason}`;
  const now = series.values.at(-1) ?? null;
  const nowText =
    now === null ? `${metric} has no value at this moment` : `${metric} is ${numberText(now)} now`;
  if (!series.before) return `${nowText}; there is no value from the days before`;
  const beside = besideDaysBefore(series);
  const range = usualText(series.before);
  const days = series.before.days === 1 ? 'the one day before' : `the ${series.before.days} days before`;
  return beside === undefined
    ? `${nowText}; in the same hour of ${days} it was ${range}`
    : `${nowText}, ${BESIDE_WORDS[beside]} in the same hour of ${days}: ${range}`;
}
