import { longestRun, lookIn, type Progress, scoreOf, times } from './analysis-verdict.ts';
import { type Course, courseOf, watchLengthOf } from './course.ts';
import { decidingIn, isMeasured, type Measurement, type MetricSpec, type Watch } from './metrics.ts';

/** How long metrics have to come back at least, in milliseconds: most queries look back over a while, and see what is over for that long. */
const AT_LEAST_MS = 60_000;

/** How soon a metric is measured after the rollback, and how long until it is measured again, at most and at first. In milliseconds. */
const SOON_MS = 10_000;

/**
 * Starts the checks after a rollback: the same metrics, for the length of the watch and a minute at least. They are soon at first, also
 * where the watch measures once an hour: people wait, and the target is free once its metrics are back.
 */
export function recoveryCourseOf(watch: Watch): Course {
  const lengthMs = Math.max(AT_LEAST_MS, watchLengthOf(watch));
  return courseOf({ metrics: watch.metrics.map((metric) => soon(metric, lengthMs)) });
}

/** What is compared keeps its interval: its source has no sample in between. */
const soon = (metric: MetricSpec, lengthMs: number): MetricSpec =>
  metric.compare
    ? { ...metric, lengthMs }
    : {
        ...metric,
        initialDelayMs: Math.min(metric.initialDelayMs, SOON_MS),
        intervalMs: Math.min(metric.intervalMs, SOON_MS),
        lengthMs,
      };

/**
 * Judges whether the metrics are back after a rollback. `healthy`: each is within its limits, and not worse than before the action. INVARIANT 7:
 * what cannot be read is not back. Dry-run metrics decide nothing, as in the watch. Failures count for nothing while there is time: the metrics
 * were bad, and this waits for them.
 *
 * @param measurements those after the rollback
 * @param isDone whether all checks were made
 */
export function recoveryOf(watch: Watch, measurements: readonly Measurement[], isDone: boolean): Progress {
  const metrics = decidingIn(watch);
  const states = metrics.map((metric) =>
    ofMetric(
      metric,
      measurements.filter((m) => m.metric === metric.name),
      watch.scores !== undefined,
    ),
  );
  const unreadable = states.find((state) => state.kind === 'error' && state.isFinal);
  if (unreadable?.kind === 'error') return { kind: 'error', reason: unreadable.reason };
  const open = states.find((state) => state.kind !== 'back');
  const notBack = open ?? scoreOf(watch, measurements);
  if (!notBack) return { kind: 'healthy', reason: metrics.map(({ name }) => `${name} is back`).join('; ') };
  return isDone ? { kind: notBack.kind, reason: notBack.reason } : { kind: 'pending' };
}

type State =
  | { readonly kind: 'back' }
  | { readonly kind: 'error'; readonly reason: string; readonly isFinal: boolean }
  | { readonly kind: 'regressed' | 'inconclusive'; readonly reason: string };

function ofMetric(spec: MetricSpec, measurements: readonly Measurement[], isScored: boolean): State {
  const last = measurements.at(-1);
  if (!last) return { kind: 'error', reason: `${spec.name} was not read`, isFinal: false };
  if (last.phase === 'error') {
    const errors = longestRun(measurements, 'error');
    const reason = `${spec.name} was unreadable ${times(errors)} in a row: ${last.reason}`;
    return { kind: 'error', reason, isFinal: errors > spec.consecutiveErrorLimit };
  }
  const enough = spec.consecutiveSuccessLimit ?? 1;
  const successes = successesAtEnd(measurements);
  if (isMeasured(spec) && successes < enough) {
    if (last.phase === 'successful') {
      const reason = `${spec.name} was within its limits ${times(successes)} in a row, and ${enough} are needed`;
      return { kind: 'inconclusive', reason };
    }
    const kind = last.phase === 'failed' ? 'regressed' : 'inconclusive';
    return { kind, reason: `${spec.name} is not back: ${last.reason}` };
  }
  const judgesAlone = !isScored || spec.critical === true;
  if (spec.compare === undefined || !judgesAlone) return { kind: 'back' };
  const look = lookIn(measurements);
  if (look?.finding === 'notWorse') return { kind: 'back' };
  const kind = look?.finding === 'worse' ? 'regressed' : 'inconclusive';
  return { kind, reason: `${spec.name} is not back: ${look?.reason ?? 'nothing was compared'}` };
}

/** How many measurements were successful one after the other, up to the last. An error says nothing of the metric. */
function successesAtEnd(measurements: readonly Measurement[]): number {
  const known = measurements.filter(({ phase }) => phase !== 'error');
  const bad = known.findLastIndex(({ phase }) => phase !== 'successful');
  return known.slice(bad + 1).filter(({ between }) => between !== true).length;
}
