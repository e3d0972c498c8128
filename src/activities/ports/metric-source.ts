import type { Reading, Samples } from '../../domain/analysis/condition.ts';
import type { Past, Stretch } from '../../domain/analysis/series.ts';

/** Where numbers come from. Never throws for what the other side does: a value that cannot be read is a reading too. */
export interface MetricSource {
  read(query: string): Promise<Reading>;
  /** Reads all samples that a query gives; it may give none. Absent: the source gives one number at a time. */
  readEach?(query: string): Promise<Samples>;
  /** Reads the series that a query gives over a stretch of time. Absent: the source keeps no past. */
  readPast?(query: string, stretch: Stretch): Promise<Past>;
}

export type Sources = Readonly<Record<string, MetricSource>>;
