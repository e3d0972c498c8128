import { Environment } from '@marcbachmann/cel-js';
import type { Measurement, MetricSpec, Phase } from '../domain/watch.ts';

export type Reading =
  | { readonly kind: 'value'; readonly value: number; readonly sampledAt?: number | undefined }
  | { readonly kind: 'none'; readonly reason: string };

/** A sample older than this says nothing about now. */
export const STALE_AFTER_MS = 60_000;

/** CEL (cel.dev) over two doubles. It cannot loop, call out or see anything else. */
const conditions = new Environment()
  .registerVariable('result', 'double')
  .registerVariable('baseline', 'double');

/** What is wrong with a condition, or null. */
export function conditionFault(condition: string): string | null {
  const checked = conditions.check(condition);
  if (!checked.valid) return checked.error?.message ?? 'it is not a CEL expression';
  return checked.type === 'bool' ? null : `it gives a ${checked.type}, a condition gives a bool`;
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
  const { value, sampledAt } = reading;
  if (!Number.isFinite(value)) return measured('error', `the value is ${value}`);
  if (sampledAt !== undefined && now - sampledAt > STALE_AFTER_MS) {
    return measured('error', `the sample is ${Math.round((now - sampledAt) / 1000)} s old`, value);
  }
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
    return measured(
      'error',
      `its condition cannot be evaluated: ${error instanceof Error ? error.message : error}`,
      value,
    );
  }
}

function evaluate(condition: string, result: number, baseline: number | undefined): boolean {
  if (baseline === undefined && /\bbaseline\b/.test(condition)) throw new Error('there is no baseline');
  return conditions.evaluate(condition, { result, baseline: baseline ?? 0 }) === true;
}

const rounded = (value: number) => Number(value.toPrecision(4));
