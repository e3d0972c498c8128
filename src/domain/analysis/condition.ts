import { conditionFaultIn, environmentWith, explained } from './cel.ts';
import type { Measurement, MetricSpec, Phase } from './metrics.ts';

export type Reading =
  | {
      readonly kind: 'value';
      readonly value: number;
      /** Milliseconds since the epoch. */
      readonly sampledAt?: number | undefined;
      /** How old such a sample may be: see `staleAfter`. */
      readonly staleAfterMs?: number | undefined;
    }
  | { readonly kind: 'none'; readonly reason: string };

/**
 * In milliseconds, from when on a sample says nothing about now, by how often its source is scraped: one scrape may have failed, and
 * one takes up to ten seconds.
 */
export const staleAfter = (intervalMs: number) => 2 * intervalMs + 10_000;

/** Of a source that does not say how often it is scraped: once a minute, as Prometheus does unless it is told otherwise. */
export const STALE_AFTER_MS = staleAfter(60_000);

/** What a condition of a watch sees, with its type in CEL. */
export const MEASURED = { result: 'double', baseline: 'double' } as const;

/** CEL (cel.dev) over two doubles. It cannot loop, call out or see anything else. */
const conditions = environmentWith(MEASURED);

/** What is wrong with a condition, or null. */
export const conditionFault = (condition: string): string | null => conditionFaultIn(conditions, condition);

/** Why a value says nothing about now, or undefined when it does. Only such values are judged or compared with. */
export function valueFault(
  { value, sampledAt, staleAfterMs = STALE_AFTER_MS }: Extract<Reading, { kind: 'value' }>,
  now: number,
): string | undefined {
  if (!Number.isFinite(value)) return `the value is ${value}`;
  const age = sampledAt === undefined ? 0 : now - sampledAt;
  if (Math.abs(age) <= staleAfterMs) return undefined;
  return `the sample is ${Math.round(Math.abs(age) / 1000)} s ${age > 0 ? 'old' : 'in the future'}`;
}

/**
 * Judges one reading. As in Argo Rollouts: with both conditions, neither true is inconclusive; with one, its opposite is
 * the other. Unlike there, a reading that is missing, stale or not a finite number is always an error.
 */
export function assessReading(
  spec: MetricSpec,
  reading: Reading,
  baseline: number | undefined,
  now: number,
): Measurement {
  const measured = (phase: Phase, reason: string, value?: number): Measurement => ({
    metric: spec.name,
    phase,
    reason,
    at: now,
    ...(value === undefined ? {} : { value }),
  });
  if (reading.kind === 'none') return measured('error', reading.reason);
  const { value } = reading;
  const fault = valueFault(reading, now);
  if (fault !== undefined) return measured('error', fault, Number.isFinite(value) ? value : undefined);
  const { successCondition, failureCondition } = spec;
  const compared = `${spec.name} is ${rounded(value)}${baseline === undefined ? '' : `, it was ${rounded(baseline)} before`}`;
  try {
    const holds = (condition: string) => evaluate(condition, value, baseline);
    if (failureCondition !== undefined && holds(failureCondition)) return measured('failed', compared, value);
    if (successCondition !== undefined && holds(successCondition))
      return measured('successful', compared, value);
    if (successCondition === undefined)
      return measured(failureCondition === undefined ? 'inconclusive' : 'successful', compared, value);
    return measured(failureCondition === undefined ? 'failed' : 'inconclusive', compared, value);
  } catch (error) {
    return measured('error', `its condition cannot be evaluated: ${explained(error)}`, value);
  }
}

function evaluate(condition: string, result: number, baseline: number | undefined): boolean {
  if (baseline === undefined && /\bbaseline\b/.test(condition)) throw new Error('there is no baseline');
  return conditions.evaluate(condition, { result, baseline: baseline ?? 0 }) === true;
}

const rounded = (value: number) => Number(value.toPrecision(4));
