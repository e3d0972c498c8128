import type { Reading } from '../../domain/analysis/condition.ts';

/** Where numbers come from. Never throws for what the other side does: a value that cannot be read is a reading too. */
export interface MetricSource {
  read(query: string): Promise<Reading>;
}

export type Sources = Readonly<Record<string, MetricSource>>;
