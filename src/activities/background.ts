import type { Action, Proposal } from '../domain/action/action.ts';
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
import { lookup } from '../domain/shared/lookup.ts';
import { type AlternativesDeps, createAlternatives } from './alternatives.ts';
import { type CalibrationDeps, createCalibration } from './calibration.ts';
import { within } from './within.ts';

/** The most metrics of which the past is read: those that the watch names first. */
const MOST_METRICS = 4;
/** How long the background is waited for. People wait for the ruling meanwhile. */
const MOST_MS = 2_000;

export type BackgroundDeps = AlternativesDeps & CalibrationDeps;

/** Finds what people who are asked about an action are told beside its impact. Never throws: what is not found out in time is unknown. */
export function createBackground(deps: BackgroundDeps) {
  const { installation, sources } = deps;
  const findAlternatives = createAlternatives(deps);
  const findCalibration = createCalibration(deps);

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

  function seriesOn({ target, watch }: Action, at: number): Promise<MetricSeries[]> {
    const metrics = (watch?.metrics ?? []).slice(0, MOST_METRICS);
    const hours = hoursToCompare(at, timeZoneOf(installation, target));
    return Promise.all(metrics.map((spec) => readSeries(spec, hours)));
  }

  return async (
    { action, proposal }: { readonly action: Action; readonly proposal: Proposal },
    at: number,
  ): Promise<Background> => {
    const [series, calibration, alternatives] = await Promise.all([
      seriesOn(action, at),
      findCalibration(proposal),
      findAlternatives(proposal, at),
    ]);
    return {
      ...(series.length === 0 ? {} : { series }),
      calibration,
      ...(alternatives.length === 0 ? {} : { alternatives }),
    };
  };
}

const none = async (reason: string): Promise<Points> => ({ kind: 'none', reason });
