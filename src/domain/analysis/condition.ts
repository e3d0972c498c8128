import { toDigits } from '../shared/shown-json.ts';
import { conditionFaultIn, environmentWith, explained } from './cel.ts';
import type { Measurement, MetricSpec, Phase } from './metrics.ts';

export type Reading =
  | {
      readonly kind: 'value';
      readonly value: number;
      /** Milliseconds since the epoch. */
      readonly sampledAt?: number | undefined;
      /** The age from which such a sample is stale: see `staleAfter`. */
      readonly staleAfterMs?: number | undefined;
    }
  | { readonly kind: 'none'; readonly reason: string };

/** The answer to a query that may give any number of samples. */
export type Samples =
  | { readonly kind: 'samples'; readonly samples: readonly LabelledSample[] }
  | { readonly kind: 'none'; readonly reason: string };

/** One of several samples, with the labels by which they differ. */
export interface LabelledSample extends Omit<Extract<Reading, { kind: 'value' }>, 'kind'> {
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Returns the age in milliseconds from which a sample is stale, for a source that is scraped at this interval. One scrape may have failed,
 * and one takes up to ten seconds.
 */
export const staleAfter = (intervalMs: number) => 2 * intervalMs + 10_000;

/** The age for a source that does not state its interval: once a minute, which is Prometheus' default. */
export const STALE_AFTER_MS = staleAfter(60_000);

/** The variables of a watch's condition, with their CEL types. */
export const MEASURED = { result: 'double', baseline: 'double' } as const;

/** The language of conditions: CEL (cel.dev) over two doubles. A condition cannot loop, call out or see anything else. */
const conditions = environmentWith(MEASURED);

/** Returns what is wrong with a condition, or null. */
export const conditionFault = (condition: string): string | null => conditionFaultIn(conditions, condition);

/**
 * Returns why a value says nothing about now: it is stale or not finite; undefined when it is usable. Only usable values are judged or
 * compared with.
 */
export function valueFault(
  { value, sampledAt, staleAfterMs = STALE_AFTER_MS }: Omit<Extract<Reading, { kind: 'value' }>, 'kind'>,
  now: number,
): string | undefined {
  if (!Number.isFinite(value)) return `the value is ${value}`;
  const age = sampledAt === undefined ? 0 : now - sampledAt;
  if (Math.abs(age) <= staleAfterMs) return undefined;
  return `the sample is ${Math.round(Math.abs(age) / 1000)} s ${age > 0 ? 'old' : 'in the future'}`;
}

/**
 * Judges one reading. As in Argo Rollouts: if both conditions are given and neither is true, the result is inconclusive; if one is given,
 * its opposite is the other. Unlike there, a reading that is missing, stale or not a finite number is always an error.
 */
export function assessReading(
  spec: MetricSpec,
  reading: Reading,
  baseline: number | undefined,
  now: number,
): Measurement {
  const measurement = (phase: Phase, reason: string, value?: number): Measurement => ({
    metric: spec.name,
    phase,
    reason,
    at: now,
    ...(value === undefined ? {} : { value }),
  });
  if (reading.kind === 'none') return measurement('error', reading.reason);
  const { value } = reading;
  const fault = valueFault(reading, now);
  if (fault !== undefined) return measurement('error', fault, Number.isFinite(value) ? value : undefined);
  const { successCondition, failureCondition } = spec;
  const comparison = `${spec.name} is ${rounded(value)}${baseline === undefined ? '' : `, it was ${rounded(baseline)} before`}`;
  try {
    const holds = (condition: string) => evaluate(condition, value, baseline);
    if (failureCondition !== undefined && holds(failureCondition))
      return measurement('failed', comparison, value);
    if (successCondition !== undefined && holds(successCondition))
      return measurement('successful', comparison, value);
    if (successCondition === undefined)
      return measurement(failureCondition === undefined ? 'inconclusive' : 'successful', comparison, value);
    return measurement(failureCondition === undefined ? 'failed' : 'inconclusive', comparison, value);
  } catch (error) {
    return measurement('error', `its condition cannot be evaluated: ${explained(error)}`, value);
  }
}

function evaluate(condition: string, result: number, baseline: number | undefined): boolean {
  if (baseline === undefined && /\bbaseline\b/.test(condition)) throw new Error('there is no baseline');
  return conditions.evaluate(condition, { result, baseline: baseline ?? 0 }) === true;
}

const rounded = (value: number) => toDigits(value, 4);
