import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { Plan } from '../domain/action.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Receipt } from '../domain/state.ts';
import type { Verdict } from '../domain/verdict.ts';
import type { ActionRecord } from './action-record.ts';
import {
  execute as executeActivity,
  record as recordActivity,
  rollBack as rollBackActivity,
} from './activities.ts';
import { reasonOf } from './tell.ts';

/** The executor's own time-out answers first; this one is for a worker that died. */
const MARGIN_MS = 5_000;

type Effect =
  | { readonly kind: 'done' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'mayHaveRun'; readonly verdict: Verdict };

/**
 * Runs the action. Not cancellable: once a request may be under way, only its answer, or the rollback, makes it known
 * what stands in production.
 */
export async function execute(record: ActionRecord): Promise<Effect> {
  record.add({ status: 'executing' });
  if (record.state.settlement) record.index('running');
  try {
    record.add({ receipt: await send(record, executeActivity, record.known.action.execute) });
    return { kind: 'done' };
  } catch (error) {
    const reason = reasonOf(error);
    return isFinal(error)
      ? {
          kind: 'outcome',
          outcome: { kind: 'failed', reason: `it was refused and had no effect: ${reason}` },
        }
      : {
          kind: 'mayHaveRun',
          verdict: { kind: 'error', reason: `it is not known whether it ran: ${reason}` },
        };
  }
}

/** Takes the effect back. What this cannot do is said loudly: the target stays held until a person has looked. */
export function rollBack(record: ActionRecord, why: string): Promise<Outcome> {
  return CancellationScope.nonCancellable(() => takeBack(record, why));
}

async function takeBack(record: ActionRecord, why: string): Promise<Outcome> {
  const { action, ruling } = record.known;
  const { runId, measurements, verdict } = record.state;
  if (!action.rollback) return { kind: 'rollbackFailed', reason: `${why}; it has no rollback` };
  record.add({ status: 'rollingBack' });
  const body = { why, digest: ruling.digest, verdict, measurements };
  await recordActivity({ actionId: action.id, runId, kind: 'verdict', body, at: Date.now() });
  try {
    record.add({ rollback: await send(record, rollBackActivity, action.rollback) });
    return { kind: 'rolledBack', reason: why };
  } catch (error) {
    return { kind: 'rollbackFailed', reason: `${why}; taking it back failed: ${reasonOf(error)}` };
  }
}

function send(record: ActionRecord, activity: typeof executeActivity, plan: Plan): Promise<Receipt> {
  const { action, ruling } = record.known;
  const { fencingToken = 0 } = record.state;
  const { pins, digest } = ruling;
  const summary = plan.executor === 'http' ? `${plan.method} ${plan.url}` : plan.argv.join(' ');
  return CancellationScope.nonCancellable(() =>
    activity.executeWithOptions(
      { startToCloseTimeout: plan.timeoutMs + MARGIN_MS, summary: summary.slice(0, 200) },
      [{ action, pins, digest, fencingToken }],
    ),
  );
}

/** Whether the governed system gave its final no, so that there was no effect. */
function isFinal(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return (
    cause instanceof ApplicationFailure && (cause.type === 'EffectRefused' || cause.type === 'DigestMismatch')
  );
}
