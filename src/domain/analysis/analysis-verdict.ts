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
 * @param done whether all checks were made; before that, only a broken limit ends the watch
 */
export function verdictOf(watch: Watch, measurements: readonly Measurement[], done: boolean): Progress {
  const each = watch.metrics.map((metric) =>
    ofMetric(
      metric,
      measurements.filter((m) => m.metric === metric.name),
      done,
    ),
  );
  const worst = (kind: Progress['kind']) => each.find((progress) => progress.kind === kind);
  return (
    worst('regressed') ??
    worst('error') ??
    worst('inconclusive') ??
    worst('pending') ?? { kind: 'healthy', reason: howHealthy(measurements) }
  );
}

function ofMetric(spec: MetricSpec, taken: readonly Measurement[], done: boolean): Progress {
  const last = (phase: Measurement['phase']) => taken.findLast((m) => m.phase === phase)?.reason ?? '';
  const failed = count(taken, 'failed');
  if (spec.failureLimit >= 0 && failed > spec.failureLimit) {
    return { kind: 'regressed', reason: `${spec.name} failed ${times(failed)}: ${last('failed')}` };
  }
  const errors = longestErrorRun(taken);
  if (errors > spec.consecutiveErrorLimit) {
    return {
      kind: 'error',
      reason: `${spec.name} was unreadable ${times(errors)} in a row: ${last('error')}`,
    };
  }
  const inconclusive = count(taken, 'inconclusive');
  if (spec.inconclusiveLimit >= 0 && inconclusive > spec.inconclusiveLimit) {
    return {
      kind: 'inconclusive',
      reason: `${spec.name} was inconclusive ${times(inconclusive)}: ${last('inconclusive')}`,
    };
  }
  if (!done) return { kind: 'pending' };
  const known = taken.length - count(taken, 'error');
  if (known < spec.count)
    return { kind: 'error', reason: `${spec.name} was read ${times(known)} of ${spec.count}` };
  return { kind: 'healthy', reason: `${spec.name} within its limits` };
}

function howHealthy(measurements: readonly Measurement[]): string {
  const errors = count(measurements, 'error');
  const known = `${measurements.length - errors} measurements within their limits`;
  return errors === 0 ? known : `${known}; ${times(errors)} nothing could be read, and it was read again`;
}

function longestErrorRun(taken: readonly Measurement[]): number {
  let longest = 0;
  let run = 0;
  for (const { phase } of taken) {
    run = phase === 'error' ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

const count = (taken: readonly Measurement[], phase: Measurement['phase']) =>
  taken.filter((m) => m.phase === phase).length;

const times = (n: number) => (n === 1 ? 'once' : `${n} times`);
