import type { Measurement, MetricSpec, Watch } from './metrics.ts';

export type Verdict =
  | { readonly kind: 'healthy'; readonly reason: string }
  | { readonly kind: 'regressed'; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

/** The verdict of a watch so far; `pending` while no limit is broken and measurements are still due. */
export type Progress = Verdict | { readonly kind: 'pending' };

/**
 * INVARIANT 7: unknown is never healthy. A metric with fewer known measurements than its spec asks for is an error: a failed reading is not
 * one of these measurements, and has a limit of its own. A violated failureLimit takes precedence over everything.
 *
 * @param isDone whether all checks were made; before that, only a broken limit ends the watch
 */
export function verdictOf(watch: Watch, measurements: readonly Measurement[], isDone: boolean): Progress {
  const progresses = watch.metrics.map((metric) =>
    ofMetric(
      metric,
      measurements.filter((m) => m.metric === metric.name),
      isDone,
    ),
  );
  const firstOf = (kind: Progress['kind']) => progresses.find((progress) => progress.kind === kind);
  return (
    firstOf('regressed') ??
    firstOf('error') ??
    firstOf('inconclusive') ??
    firstOf('pending') ?? { kind: 'healthy', reason: howHealthy(measurements) }
  );
}

function ofMetric(spec: MetricSpec, measurements: readonly Measurement[], isDone: boolean): Progress {
  const last = (phase: Measurement['phase']) => measurements.findLast((m) => m.phase === phase)?.reason ?? '';
  const failures = count(measurements, 'failed');
  if (spec.failureLimit >= 0 && failures > spec.failureLimit) {
    return { kind: 'regressed', reason: `${spec.name} failed ${times(failures)}: ${last('failed')}` };
  }
  const errors = longestErrorRun(measurements);
  if (errors > spec.consecutiveErrorLimit) {
    return {
      kind: 'error',
      reason: `${spec.name} was unreadable ${times(errors)} in a row: ${last('error')}`,
    };
  }
  const inconclusive = count(measurements, 'inconclusive');
  if (spec.inconclusiveLimit >= 0 && inconclusive > spec.inconclusiveLimit) {
    return {
      kind: 'inconclusive',
      reason: `${spec.name} was inconclusive ${times(inconclusive)}: ${last('inconclusive')}`,
    };
  }
  if (!isDone) return { kind: 'pending' };
  const readCount = measurements.length - count(measurements, 'error');
  if (readCount < spec.count)
    return { kind: 'error', reason: `${spec.name} was read ${times(readCount)} of ${spec.count}` };
  return { kind: 'healthy', reason: `${spec.name} within its limits` };
}

function howHealthy(measurements: readonly Measurement[]): string {
  const errors = count(measurements, 'error');
  const withinLimits = `${measurements.length - errors} measurements within their limits`;
  return errors === 0
    ? withinLimits
    : `${withinLimits}; ${times(errors)} nothing could be read, and it was read again`;
}

function longestErrorRun(measurements: readonly Measurement[]): number {
  let longest = 0;
  let run = 0;
  for (const { phase } of measurements) {
    run = phase === 'error' ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

const count = (measurements: readonly Measurement[], phase: Measurement['phase']) =>
  measurements.filter((m) => m.phase === phase).length;

const times = (n: number) => (n === 1 ? 'once' : `${n} times`);
