import { ActivityFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { Admission } from '../activities/admit.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { ActionRecord, Again, Runnable } from './action-record.ts';
import { admit as admitActivity, admitAtOnce } from './activities.ts';
import { reasonOf } from './tell.ts';

/** How long to wait before asking again while another action is in the way. */
const RETRY_BUSY_MS = 5_000;

export type Admitted =
  | { readonly kind: 'admitted' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'drifted'; readonly again: Again };

/** The last look before the effect. A permission runs out: nothing runs on an old one. */
export async function admit(record: ActionRecord, ruling: Runnable): Promise<Admitted> {
  record.add({ status: 'admitting' });
  const expiresAt = Date.now() + ruling.admitWithinMs;
  for (;;) {
    const left = expiresAt - Date.now();
    if (left <= 0) return ended('expired', 'the permission to run it ran out before it could be admitted');
    const admission = await ask(record, ruling, left);
    switch (admission.kind) {
      case 'refused':
        return { kind: 'outcome', outcome: admission.outcome };
      case 'drifted': {
        const { reasons: drift, impact } = admission;
        return { kind: 'drifted', again: { action: record.known.action, impact, drift } };
      }
      case 'admitted':
        record.add({ fencingToken: admission.fencingToken });
        return { kind: 'admitted' };
    }
    const wait = waitFor(admission);
    if (wait >= left) {
      if (admission.kind === 'limited' && admission.per.includes('agent'))
        record.add({ anomaly: admission.reason });
      const kind = admission.kind === 'limited' ? 'deniedByPolicy' : 'held';
      return ended(kind, `${admission.reason}; the permission to run runs out before that changes`);
    }
    await sleep(wait, { summary: admission.reason.slice(0, 200) });
  }
}

const ended = (kind: Outcome['kind'], reason: string): Admitted => ({
  kind: 'outcome',
  outcome: { kind, reason },
});

function waitFor(admission: Extract<Admission, { kind: 'busy' | 'limited' }>): number {
  return admission.kind === 'limited'
    ? Math.max(RETRY_BUSY_MS, admission.freeAt - Date.now())
    : RETRY_BUSY_MS;
}

async function ask(record: ActionRecord, ruling: Runnable, withinMs: number): Promise<Admission> {
  const { votes, settlement, runId, proposal, edits } = record.state;
  const { pins, digest, tier, delegations } = ruling;
  const activity = ruling.mode === 'execute' ? admitAtOnce : admitActivity;
  const { action, impact } = record.known;
  const pinned = { delegations, editors: edits.map(({ by }) => by) };
  const input = { action, impact, runId, pins, digest, tier, votes, settlement, at: Date.now() };
  try {
    return await activity.executeWithOptions(
      {
        startToCloseTimeout: '10s',
        scheduleToCloseTimeout: withinMs,
        // An attempt left behind would take the target after the action closed, and nobody would give it back.
        cancellationType: 'WAIT_CANCELLATION_COMPLETED',
      },
      [{ ...input, ...pinned, declaredTier: proposal.declaredTier }],
    );
  } catch (error) {
    if (isCancellation(error) || !(error instanceof ActivityFailure)) throw error;
    const reason = `it could not be admitted in time: ${reasonOf(error)}`;
    return { kind: 'refused', outcome: { kind: 'expired', reason } };
  }
}
