import type { MetricSeries } from './series.ts';

/**
 * What people who are asked are told beside the impact. It is found once, with the ruling, and recorded with it; nothing of it is ruled on.
 */
export interface Background {
  /** How the watched metrics were in the last hour, beside the same hour of the days before. */
  readonly series?: readonly MetricSeries[] | undefined;
}
