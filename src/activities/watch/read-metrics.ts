import type { Reading } from '../../domain/analysis/condition.ts';
import type { MeasuredMetric, MetricQuery } from '../../domain/analysis/metrics.ts';
import { stretchBetween } from '../../domain/analysis/schedule.ts';
import type { Past, Stretch } from '../../domain/analysis/series.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Sources } from '../ports/metric-source.ts';

/** Reads one number. A source that is not configured is a reading too, with the reason. */
export async function readingOf(sources: Sources, { source, query }: MetricQuery): Promise<Reading> {
  return lookup(sources, source)?.read(query) ?? none(`the metric source ${source} is not configured`);
}

/** Reads a stretch of time. A source that keeps no past is an answer too, with the reason. */
export async function pastOf(
  sources: Sources,
  { source, query }: MetricQuery,
  stretch: Stretch,
): Promise<Past> {
  const metricSource = lookup(sources, source);
  if (!metricSource) return none(`the metric source ${source} is not configured`);
  return metricSource.readPast?.(query, stretch) ?? none(`its source ${source} keeps no past`);
}

/**
 * Reads what a metric was between two of its readings that are more than an interval apart, because the later one is late or the checks become
 * fewer. So what happened meanwhile is seen. Undefined: they are no more apart.
 *
 * @param lastAt when it was read before, in milliseconds since the epoch
 */
export async function readBetween(
  sources: Sources,
  { source, query, intervalMs }: MeasuredMetric,
  lastAt: number,
  now: number,
): Promise<Past | undefined> {
  const stretch = stretchBetween(intervalMs, lastAt, now);
  return stretch && pastOf(sources, { source, query }, stretch);
}

const none = (reason: string) => ({ kind: 'none', reason }) as const;
