import type { Action } from '../domain/action/action.ts';
import type { MetricSpec } from '../domain/analysis/metrics.ts';
import type { Background } from '../domain/background/background.ts';
import {
  hoursToCompare,
  type MetricSeries,
  type Points,
  type Stretch,
  seriesOf,
} from '../domain/background/series.ts';
import { timeZoneOf } from '../domain/calendar/calendar.ts';
import type { Installation } from '../domain/installation/installation.ts';
import { lookup } from '../domain/shared/lookup.ts';
import type { Sources } from './ports/metric-source.ts';
import { within } from './within.ts';

/** The most metrics of which the past is read: those that the watch names first. */
const MOST_METRICS = 4;
/** How long the background is waited for. People wait for the ruling meanwhile. */
const MOST_MS = 2_000;

export interface BackgroundDeps {
  readonly installation: Installation;
  readonly sources: Sources;
}

/** Finds what people who are asked about an action are told beside its impact. Never throws: what is not found out in time is unknown. */
export function createBackground({ installation, sources }: BackgroundDeps) {
  function readPast({ source, query }: MetricSpec, stretch: Stretch): Promise<Points> {
    const metricSource = lookup(sources, source);
    if (!metricSource) return none(`the metric source ${source} is not configured`);
    return metricSource.readPast?.(query, stretch) ?? none(`its source ${source} keeps no past`);
  }

  async function readSeries(spec: MetricSpec, hours: readonly Stretch[]): Promise<MetricSeries> {
    const pastHours = Promise.all(hours.map((hour) => readPast(spec, hour)));
    return within<MetricSeries>(
      MOST_MS,
      pastHours.then((points) => seriesOf(spec.name, hours, points)),
      () => ({ kind: 'unknown', metric: spec.name, reason: `no answer within ${MOST_MS / 1_000} s` }),
    );
  }

  return async ({ target, watch }: Action, at: number): Promise<Background> => {
    const metrics = (watch?.metrics ?? []).slice(0, MOST_METRICS);
    const hours = hoursToCompare(at, timeZoneOf(installation, target));
    const series = await Promise.all(metrics.map((spec) => readSeries(spec, hours)));
    return series.length === 0 ? {} : { series };
  };
}

const none = async (reason: string): Promise<Points> => ({ kind: 'none', reason });
