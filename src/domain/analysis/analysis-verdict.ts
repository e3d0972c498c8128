import { decidingIn, type Measurement, type MetricSpec, type Watch } from './metrics.ts';

export type Verdict =
  | { readonly kind: 'healthy'; readonly reason: string }
  | { readonly kind: 'regressed'; readonly reason: string }
  | { readonly kind: 'inconclusive'; readonly reason: string }
  | { readonly kind: 'error'; readonly reason: string };

/** The verdict of a watch so far; `pending` while no limit is broken and measurements are still due. */
export type Progress = Verdict | { readonly kind: 'pending' };

/**
 * INVARIANT 7: unknown is never healthy. A metric with fewer known measurements than its spec asks for is an error: a failed reading is not
 * one of these measurements, and has a limit of its own. A violated failureLimit, or a comparison that finds it worse, takes precedence over
 * everything. Dry-run metrics decide nothing.
 *
 * @param isDone whether all checks were made; before that, only a broken limit ends the watch
 */
export function verdictOf(watch: Watch, measurements: readonly Measurement[], isDone: boolean): Progress {
  const metrics = decidingIn(watch);
  const progresses = metrics.map((metric) =>
    ofMetric(
      metric,
      measurements.filter((m) => m.metric === metric.name),
      { isDone, isScored: watch.scores !== undefined },
    ),
  );
  const firstOf = (kind: Progress['kind']) => progresses.find((progress) => progress.kind === kind);
  return (
    firstOf('regressed') ??
    firstOf('error') ??
    firstOf('inconclusive') ??
    firstOf('pending') ??
    scoreOf(watch, measurements) ?? { kind: 'healthy', reason: howHealthy(metrics, measurements) }
  );
}

interface Stage {
  readonly isDone: boolean;
  /** Whether the comparisons of the watch are judged together, by their scores. */
  readonly isScored: boolean;
}

function ofMetric(
  spec: MetricSpec,
  measurements: readonly Measurement[],
  { isDone, isScored }: Stage,
): Progress {
  const last = (phase: Measurement['phase']) => measurements.findLast((m) => m.phase === phase)?.reason ?? '';
  const failures = count(measurements, 'failed');
  const failed = {
    kind: 'regressed',
    reason: `${spec.name} failed ${times(failures)}: ${last('failed')}`,
  } as const;
  if (spec.failureLimit >= 0 && failures > spec.failureLimit) return failed;
  const failureRun = longestRun(measurements, 'failed');
  if (spec.consecutiveFailureLimit && failureRun >= spec.consecutiveFailureLimit) {
    return {
      kind: 'regressed',
      reason: `${spec.name} failed ${times(failureRun)} in a row: ${last('failed')}`,
    };
  }
  const judgesAlone = !isScored || spec.critical === true;
  const worse = judgesAlone ? measurements.find(({ look }) => look?.finding === 'worse')?.look : undefined;
  if (worse) return { kind: 'regressed', reason: `${spec.name} is worse: ${worse.reason}` };
  const errors = longestRun(measurements, 'error');
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
  const enough = spec.consecutiveSuccessLimit ?? 0;
  const successes = longestRun(measurements, 'successful');
  if (enough > 0 && successes < enough) {
    const reason = `${spec.name} was within its limits ${times(successes)} in a row, and ${enough} are needed`;
    return { kind: spec.failureLimit >= 0 ? 'inconclusive' : 'regressed', reason };
  }
  const readCount = measurements.filter(({ phase, between }) => phase !== 'error' && between !== true).length;
  if (enough === 0 && readCount < spec.count)
    return { kind: 'error', reason: `${spec.name} was read ${times(readCount)} of ${spec.count}` };
  const look = lookIn(measurements);
  if (judgesAlone && spec.compare && look?.finding !== 'notWorse') {
    const why = look?.reason ?? 'nothing was compared';
    return { kind: 'inconclusive', reason: `whether ${spec.name} is worse is not known: ${why}` };
  }
  return { kind: 'healthy', reason: `${spec.name} within its limits` };
}

/** Judges comparisons together by their scores, as Kayenta does. Undefined: nothing speaks against healthy. */
export function scoreOf(watch: Watch, measurements: readonly Measurement[]): Verdict | undefined {
  const { scores } = watch;
  const compared = decidingIn(watch).filter(({ compare }) => compare !== undefined);
  if (!scores || compared.length === 0) return undefined;
  const weightOf = (metrics: readonly MetricSpec[]) =>
    metrics.reduce((sum, { weight = 1 }) => sum + weight, 0);
  const findingOf = ({ name }: MetricSpec) =>
    lookIn(measurements.filter(({ metric }) => metric === name))?.finding;
  const good = compared.filter((metric) => findingOf(metric) === 'notWorse');
  const score = (100 * weightOf(good)) / weightOf(compared);
  if (score >= scores.pass) return undefined;
  const notGood = compared.filter((metric) => !good.includes(metric)).map(({ name }) => name);
  const reason = `the score is ${Math.round(score)} of 100 and ${scores.pass} are needed: ${notGood.join(', ')} may be worse`;
  const isWorse = compared.some((metric) => findingOf(metric) === 'worse');
  return { kind: isWorse && score < scores.marginal ? 'regressed' : 'inconclusive', reason };
}

/** What a metric's comparison showed last. */
export const lookIn = (measurements: readonly Measurement[]) =>
  measurements.findLast(({ look }) => look !== undefined)?.look;

function howHealthy(metrics: readonly MetricSpec[], allMeasurements: readonly Measurement[]): string {
  const names = metrics.map(({ name }) => name);
  const measurements = allMeasurements.filter(({ metric }) => names.includes(metric));
  const errors = count(measurements, 'error');
  const withinLimits = `${measurements.length - errors} measurements within their limits`;
  const compared = metrics.filter(({ compare }) => compare !== undefined).map(({ name }) => name);
  const compare = compared.length === 0 ? '' : `; ${compared.join(', ')} not worse than before`;
  return errors === 0
    ? `${withinLimits}${compare}`
    : `${withinLimits}${compare}; ${times(errors)} nothing could be read, and it was read again`;
}

/** Returns the most measurements of this phase one after the other. */
export function longestRun(measurements: readonly Measurement[], wanted: Measurement['phase']): number {
  let longest = 0;
  let run = 0;
  for (const { phase } of measurements) {
    // An error says nothing of the metric, so it ends no row of failures or successes.
    if (phase === 'error' && wanted !== 'error') continue;
    run = phase === wanted ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

const count = (measurements: readonly Measurement[], phase: Measurement['phase']) =>
  measurements.filter((m) => m.phase === phase).length;

export const times = (n: number) => (n === 1 ? 'once' : `${n} times`);
