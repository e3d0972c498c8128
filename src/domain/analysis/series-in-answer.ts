import { isJsonRecord, jsonIn } from '../shared/json.ts';
import { shownJson } from '../shared/shown-json.ts';
import { environmentWith, explained } from './cel.ts';
import type { Reading } from './condition.ts';
import { sampleValue } from './sample-value.ts';
import type { Past, Series } from './series.ts';

/** How times are written: numbers since the epoch in milliseconds or seconds, or texts as in ISO 8601, with `Z` or an offset. */
export type TimeUnit = 'ms' | 's' | 'iso';

/** Where one number is in an answer: CEL over `answer` and `query`. */
export interface NumberPlace {
  readonly value: string;
  /** When it was sampled. Absent: now. */
  readonly time?: string | undefined;
}

/** Where series are in an answer, in CEL. */
export interface SeriesPlace {
  /** Over `answer` and `query`: the list of series. Absent: the whole answer is one series. */
  readonly list?: string | undefined;
  /** Over `series` and `query`: what tells it from others. Absent: nothing. */
  readonly labels?: string | undefined;
  /** Over `series` and `query`: its samples, each as `[time, value]` or with the members `time` and `value`. */
  readonly points: string;
}

const overAnswer = environmentWith({ answer: 'dyn', query: 'string' });
const overSeries = environmentWith({ series: 'dyn', query: 'string' });

const faultIn = (environment: typeof overAnswer) => (expression: string) => {
  const typeCheck = environment.check(expression);
  return typeCheck.valid ? null : explained(typeCheck.error);
};

/** Returns what is wrong with an expression over `answer` and `query`, or null. */
export const answerExpressionFault = faultIn(overAnswer);

/** Returns what is wrong with an expression over `series` and `query`, or null. */
export const seriesExpressionFault = faultIn(overSeries);

/** Finds one number in an answer. */
export function numberInAnswer(
  text: string,
  { value, time }: NumberPlace,
  { query, times }: { readonly query: string; readonly times: TimeUnit },
): Reading {
  const answer = jsonIn(text);
  if (answer === undefined) return none(NOT_JSON);
  try {
    const found: unknown = overAnswer.evaluate(value, { answer, query });
    const number = numberIn(found);
    if (number === undefined) return none(`${value} gives ${shown(found)}, which is not a number`);
    if (time === undefined) return { kind: 'value', value: number };
    const foundTime: unknown = overAnswer.evaluate(time, { answer, query });
    const sampledAt = timeIn(foundTime, times);
    return sampledAt === undefined
      ? none(`${time} gives ${shown(foundTime)}, which is not ${NAMES[times]}`)
      : { kind: 'value', value: number, sampledAt };
  } catch (error) {
    return none(`the number is not in the answer: ${explained(error)}`);
  }
}

/**
 * Finds the series in an answer, with their samples as they are written: at times of their own, in any order. A value that is null is no
 * sample. What cannot be read as a number makes the whole answer none: it may be what went wrong.
 */
export function seriesInAnswer(
  text: string,
  { list, labels, points }: SeriesPlace,
  { query, times }: { readonly query: string; readonly times: TimeUnit },
): Past {
  const answer = jsonIn(text);
  if (answer === undefined) return none(NOT_JSON);
  try {
    const found: unknown = list === undefined ? [answer] : overAnswer.evaluate(list, { answer, query });
    if (!Array.isArray(found)) return none(`${list} gives ${shown(found)}, which is not a list`);
    const labelsOf = labels === undefined ? undefined : overSeries.parse(labels);
    const pointsOf = overSeries.parse(points);
    const all: Series[] = [];
    for (const series of found) {
      const named = labelsOf ? labelsIn(labelsOf({ series, query })) : {};
      if (typeof named === 'string') return none(`${labels} ${named}`);
      const samples = samplesIn(pointsOf({ series, query }), times);
      if (typeof samples === 'string') return none(`${points} ${samples}`);
      all.push({ labels: named, points: samples });
    }
    return { kind: 'series', series: all };
  } catch (error) {
    return none(`the series are not in the answer: ${explained(error)}`);
  }
}

/** The labels of a series. A returned string says why there are none to read. */
function labelsIn(found: unknown): Record<string, string> | string {
  if (!isJsonRecord(found)) return `gives ${shown(found)}, which is not a mapping of labels`;
  const labels = Object.entries(found).filter(([, label]) => label !== null);
  return labels.some(([, label]) => typeof label === 'object')
    ? `gives ${shown(found)}, where a label is not one text`
    : Object.fromEntries(labels.map(([name, label]) => [name, String(label)]));
}

/** The samples of a series. A returned string says why they cannot be read. */
function samplesIn(found: unknown, times: TimeUnit): [number, number][] | string {
  if (!Array.isArray(found)) return `gives ${shown(found)}, which is not a list of points`;
  const samples: [number, number][] = [];
  for (const point of found) {
    const [time, written]: unknown[] = Array.isArray(point) ? point : [point?.time, point?.value];
    if (written === null) continue;
    const at = timeIn(time, times);
    const value = numberIn(written);
    if (at === undefined) return `has the point ${shown(point)}, whose time is not ${NAMES[times]}`;
    if (value === undefined) return `has the point ${shown(point)}, whose value is not a number`;
    samples.push([at, value]);
  }
  return samples;
}

/** Numbers are also accepted as text, because JSON has no NaN and no infinity. */
function numberIn(found: unknown): number | undefined {
  if (typeof found === 'bigint') return Number(found);
  return typeof found === 'string' ? sampleValue(found) : typeof found === 'number' ? found : undefined;
}

const NAMES: Readonly<Record<TimeUnit, string>> = {
  ms: 'a number of milliseconds since the epoch',
  s: 'a number of seconds since the epoch',
  iso: 'a text such as 2026-01-31T12:00:00Z',
};

const ISO = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** A time in milliseconds since the epoch. */
function timeIn(found: unknown, times: TimeUnit): number | undefined {
  const ms =
    times !== 'iso'
      ? (numberIn(found) ?? Number.NaN) * (times === 's' ? 1_000 : 1)
      : typeof found === 'string' && ISO.test(found)
        ? Date.parse(found)
        : Number.NaN;
  return Number.isFinite(ms) ? Math.round(ms) : undefined;
}

/** Writes a time for an address. */
export function timeText(ms: number, times: TimeUnit): string {
  if (times === 'iso') return new Date(ms).toISOString();
  return String(times === 's' ? ms / 1_000 : ms);
}

function shown(value: unknown): string {
  const holder = { value };
  return isJsonRecord(holder) ? shownJson(holder.value ?? null).slice(0, 100) : `a ${typeof value}`;
}

const NOT_JSON = 'the answer is not JSON';
const none = (reason: string) => ({ kind: 'none', reason }) as const;
