import { assessReading } from './condition.ts';
import type { LookAnswer } from './look.ts';
import type { Measurement, MetricSpec } from './metrics.ts';
import { onlySeriesIn, type Past } from './series.ts';

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
