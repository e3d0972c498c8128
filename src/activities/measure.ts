import { lookup } from '../domain/lookup.ts';
import type { Measurement, MetricQuery, MetricSpec } from '../domain/watch.ts';
import { assessReading, type Reading, valueFault } from './condition.ts';

/** Where numbers come from. Never throws for what the other side does: what cannot be read is a reading too. */
export interface MetricSource {
  read(query: string): Promise<Reading>;
}

export type Sources = Readonly<Record<string, MetricSource>>;

/** Reads one number. A source that is not there is a reading too. */
export async function readingOf(sources: Sources, { source, query }: MetricQuery): Promise<Reading> {
  const found = lookup(sources, source);
  return found
    ? found.read(query)
    : { kind: 'none', reason: `the metric source ${source} is not configured` };
}

export interface MeasureDeps {
  readonly sources: Sources;
  readonly now: () => number;
}

/** Values before the action, by metric name. A metric that could not be read is absent. */
export type Baseline = Readonly<Record<string, number>>;

export interface BeforeAction {
  readonly baseline: Baseline;
  readonly measurements: readonly Measurement[];
}

export function createMeasure({ sources, now }: MeasureDeps) {
  return {
    /** Reads these metrics now and judges each reading by its conditions. */
    measure: (metrics: readonly MetricSpec[], baseline: Baseline): Promise<Measurement[]> =>
      Promise.all(
        metrics.map(async (spec) =>
          assessReading(spec, await readingOf(sources, spec), lookup(baseline, spec.name), now()),
        ),
      ),

    /** Reads each metric once, before the action: to compare with later, and judged as if nothing had changed. */
    takeBaseline: async (metrics: readonly MetricSpec[]): Promise<BeforeAction> => {
      const readings = await Promise.all(
        metrics.map(async (spec) => ({ spec, reading: await readingOf(sources, spec) })),
      );
      const numberIn = (reading: Reading) =>
        reading.kind === 'value' && valueFault(reading, now()) === undefined ? reading.value : undefined;
      return {
        baseline: Object.fromEntries(
          readings.flatMap(({ spec, reading }) => {
            const number = numberIn(reading);
            return number === undefined ? [] : [[spec.name, number]];
          }),
        ),
        measurements: readings.map(({ spec, reading }) =>
          assessReading(spec, reading, numberIn(reading), now()),
        ),
      };
    },
  };
}
