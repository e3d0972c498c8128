import type { LookAnswer } from './look.ts';
import type { Measurement, MetricSpec } from './metrics.ts';

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
