import type { Action, Proposal } from '../../domain/action/action.ts';
import { isMeasured, type MeasuredMetric, type MetricQuery } from '../../domain/analysis/metrics.ts';
import { onlySeriesIn, type Points, type Stretch } from '../../domain/analysis/series.ts';
import type { Background } from '../../domain/background/background.ts';
import { hoursToCompare, type MetricSeries, seriesOf } from '../../domain/background/series.ts';
import { timeZoneOf } from '../../domain/calendar/calendar.ts';
import { liveQueryOf } from '../../domain/risk/live-context.ts';
import { PATIENCE_MS, within } from '../shared/within.ts';
import { pastOf } from '../watch/read-metrics.ts';
import { type AlternativesDeps, createAlternatives } from './alternatives.ts';
import { type CalibrationDeps, createCalibration } from './calibration.ts';

/** The most metrics of which the past is read: those that the watch names first. */
const MOST_METRICS = 4;
const DAY_MS = 24 * 3_600_000;

export type BackgroundDeps = AlternativesDeps & CalibrationDeps;

/** Finds what people who are asked about an action are told beside its impact. Never throws: what is not found out in time is unknown. */
export function createBackground(deps: BackgroundDeps) {
  const { installation, sources } = deps;
  const findAlternatives = createAlternatives(deps);
  const findCalibration = createCalibration(deps);

  async function readChart(metric: MetricQuery, stretch: Stretch): Promise<Points> {
    return onlySeriesIn(await pastOf(sources, metric, stretch), 'a chart');
  }

  async function readSeries(spec: MeasuredMetric, hours: readonly Stretch[]): Promise<MetricSeries> {
    const pastHours = Promise.all(hours.map((hour) => readChart(spec, hour)));
    return within<MetricSeries>(
      PATIENCE_MS,
      pastHours.then((points) => seriesOf(spec.name, hours, points)),
      () => ({ kind: 'unknown', metric: spec.name, reason: `no answer within ${PATIENCE_MS / 1_000} s` }),
    );
  }

  function readAllSeries({ target, watch }: Action, at: number): Promise<MetricSeries[]> {
    const metrics = (watch?.metrics ?? []).filter(isMeasured).slice(0, MOST_METRICS);
    const hours = hoursToCompare(at, timeZoneOf(installation, target));
    return Promise.all(metrics.map((spec) => readSeries(spec, hours)));
  }

  /** The share of its error budget that the target had left a day before. */
  async function readBudgetBefore(action: Action, at: number): Promise<number | undefined> {
    const query = liveQueryOf(installation, 'errorBudgetLeft', action, action.target);
    if (!query) return undefined;
    const from = at - DAY_MS;
    const dayBefore = readChart(query, { from, until: from, stepMs: DAY_MS });
    const answer = await within(PATIENCE_MS, dayBefore, () => undefined);
    const [, value] = (answer?.kind === 'points' && answer.points[0]) || [];
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  }

  return async (
    { action, proposal }: { readonly action: Action; readonly proposal: Proposal },
    at: number,
  ): Promise<Background> => {
    const [series, errorBudgetDayBefore, calibration, alternatives] = await Promise.all([
      readAllSeries(action, at),
      readBudgetBefore(action, at),
      action.takesBack ? undefined : findCalibration(proposal),
      action.takesBack ? [] : findAlternatives(proposal, at),
    ]);
    return {
      ...(series.length === 0 ? {} : { series }),
      ...(errorBudgetDayBefore === undefined ? {} : { errorBudgetDayBefore }),
      ...(calibration ? { calibration } : {}),
      ...(alternatives.length === 0 ? {} : { alternatives }),
    };
  };
}
