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
  if (!checked.valid) return explained(checked.error);
  return checked.type === 'bool' ? null : `it gives a ${checked.type}, a condition gives a bool`;
}

/** Why a value says nothing about now, or undefined when it does. Only such values are judged or compared with. */
export function valueFault(
  { value, sampledAt }: Extract<Reading, { kind: 'value' }>,
  now: number,
): string | undefined {
  if (!Number.isFinite(value)) return `the value is ${value}`;
  const age = sampledAt === undefined ? 0 : now - sampledAt;
  if (Math.abs(age) <= STALE_AFTER_MS) return undefined;
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

/** CEL never mixes int and double in arithmetic or with ==, which its message does not tell an operator. */
function explained(error: unknown): string {
  const [words = ''] = String(error instanceof Error ? error.message : error).split('\n');
  return /no such overload: .*\bint\b/.test(words)
    ? `${words}; write numbers with a point, such as 2.0`
    : words;
}

const rounded = (value: number) => Number(value.toPrecision(4));
