import { assessReading } from '../domain/analysis/condition.ts';
import type { MetricSpec, Phase } from '../domain/analysis/metrics.ts';

/** The numbers that are tried: shares, seconds and counts as metrics have them. */
const TRIED = [
  0, 0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.9, 0.99, 1, 2, 5, 10, 50, 100, 1_000, 10_000, 1e6,
];

/** A healthy value of a metric, and one that is worse, by the conditions of the folder; undefined where none of those tried is so. */
export interface ValuesOfMetric {
  readonly healthy: number | undefined;
  readonly regressed: number | undefined;
}

/** Finds values that a metric's own conditions call healthy and failed, so that an exercise says nothing about the numbers of a folder. */
export function valuesOf(spec: MetricSpec): ValuesOfMetric {
  const phase = (value: number, baseline: number): Phase =>
    assessReading(spec, { kind: 'value', value }, baseline, 0).phase;
  const healthy = TRIED.find((value) => phase(value, value) === 'successful');
  const base = healthy ?? 0;
  // What is worse by more is tried first upward, because most metrics are worse when they are larger.
  const others = [
    ...TRIED.filter((value) => value > base),
    ...TRIED.filter((value) => value < base).toReversed(),
  ];
  return { healthy, regressed: others.find((value) => phase(value, base) === 'failed') };
}
