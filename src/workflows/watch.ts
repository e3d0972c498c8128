import { ActivityFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { Baseline } from '../activities/measure.ts';
import { longestWatch, tightest } from '../domain/broken-glass.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Verdict, verdictOf } from '../domain/verdict.ts';
import { type Check, checksOf, type Measurement, needsBaseline, type Watch } from '../domain/watch.ts';
import type { ActionRecord } from './action-record.ts';
import { measure, takeBaseline } from './activities.ts';
import { reasonOf } from './tell.ts';

type Before =
  | { readonly kind: 'ready'; readonly baseline: Baseline }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/** Reads the metrics before the action: to compare with afterwards and, after silence, to see whether to act at all. */
export async function lookBefore(record: ActionRecord): Promise<Before> {
  const { watch } = record.known.action;
  const mustBeHealthy = record.state.settlement?.kind === 'proceed';
  if (!watch || !(mustBeHealthy || needsBaseline(watch))) return { kind: 'ready', baseline: {} };
  const { baseline, unhealthy } = await before(watch);
  if (!mustBeHealthy || unhealthy === undefined) return { kind: 'ready', baseline };
  const reason = `nobody decided, and silence does not proceed while the metrics are not healthy: ${unhealthy}`;
  return { kind: 'outcome', outcome: { kind: 'deniedByPolicy', reason } };
}

async function before({ metrics }: Watch): Promise<{ baseline: Baseline; unhealthy?: string | undefined }> {
  try {
    const { baseline, measurements } = await takeBaseline.executeWithOptions(
      { summary: 'before the action' },
      [metrics],
    );
    return {
      baseline,
      unhealthy: measurements.find(({ phase }) => phase !== 'successful')?.reason,
    };
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    return { baseline: {}, unhealthy: reasonOf(error) };
  }
}

/** Measures on schedule until a limit is broken or all checks are taken. Waiting is always a timer. */
export async function watch(record: ActionRecord, baseline: Baseline): Promise<Verdict> {
  const { action, ruling } = record.known;
  const broken = record.state.settlement?.kind === 'brokenGlass';
  const watch = broken && action.watch ? tightest(action.watch) : action.watch;
  if (!watch) return { kind: 'healthy', reason: 'nothing is watched for this action type' };
  record.add({ status: 'watching' });
  const startedAt = Date.now();
  const checks = checksOf(watch, broken ? longestWatch(ruling) : ruling.watchForMs);
  for (const [n, check] of checks.entries()) {
    const wait = startedAt + check.afterMs - Date.now();
    const summary = `check ${n + 1} of ${checks.length}`;
    if (wait > 0) await sleep(wait, { summary });
    record.add({ measurements: [...record.state.measurements, ...(await take(check, baseline, summary))] });
    const soFar = verdictOf(watch, record.state.measurements, n + 1 === checks.length);
    if (soFar.kind !== 'pending') return soFar;
  }
  return { kind: 'error', reason: 'no check was due' };
}

/** INVARIANT 7: a check that could not be made is an error of every metric it was for, never a healthy one. */
async function take({ metrics }: Check, baseline: Baseline, summary: string): Promise<Measurement[]> {
  try {
    return await measure.executeWithOptions({ summary }, [metrics, baseline]);
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const reason = `it could not be measured: ${reasonOf(error)}`;
    return metrics.map(({ name }) => ({ metric: name, phase: 'error', reason, at: Date.now() }));
  }
}
