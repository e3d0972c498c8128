import { assessReading } from './condition.ts';
import type { LookAnswer } from './look.ts';
import type { Measurement, MetricSpec } from './metrics.ts';
import { dueTimesOf } from './schedule.ts';
import { onlySeriesIn, type Past } from './series.ts';

/**
 * Returns up to when a metric was read, in milliseconds since the epoch: what it was between then and its next check is still to be judged.
 * A reading that failed says nothing of its time. The initial delay is never judged.
 *
 * @param earlier the measurements so far, also of other metrics
 */
export function readUntil(spec: MetricSpec, executedAt: number, earlier: readonly Measurement[]): number {
  const last = earlier.findLast(({ metric, phase }) => metric === spec.name && phase !== 'error');
  const [firstDue = 0] = dueTimesOf(spec);
  return last?.at ?? executedAt + Math.max(0, firstDue - spec.intervalMs);
}

/**
 * Judges what a metric was between two checks. What cannot be read of that time, and what is no number, says nothing.
 *
 * @param baseline the value before the action. Undefined: it is not known
 */
export function judgedBetween(
  spec: MetricSpec,
  past: Past | undefined,
  baseline: number | undefined,
): Measurement[] {
  const points = past && onlySeriesIn(past, 'a condition');
  if (points?.kind !== 'points') return [];
  return points.points
    .filter(([, value]) => Number.isFinite(value))
    .map(([at, value]) => ({
      ...assessReading(spec, { kind: 'value', value }, baseline, at),
      between: true,
    }));
}

/**
 * Puts together what a metric's reading and its comparison say. Undefined: neither was asked.
 *
 * @param reading the measurement by its conditions. Undefined: it has none
 * @param now milliseconds since the epoch
 */
export function measurementOf(
  { name }: MetricSpec,
  reading: Measurement | undefined,
  answer: LookAnswer | undefined,
  now: number,
): Measurement | undefined {
  if (answer === undefined) return reading;
  if (answer.kind === 'look') {
    const { look } = answer;
    return { ...(reading ?? { metric: name, phase: 'successful', reason: look.reason, at: now }), look };
  }
  const look = answer.look ? { look: answer.look } : {};
  if (reading?.phase === 'failed') return { ...reading, ...look };
  const reason = `its comparison could not be read: ${answer.reason}`;
  return { metric: name, phase: 'error', reason, at: now, ...look };
}
