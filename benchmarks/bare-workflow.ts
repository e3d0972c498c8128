import {
  condition,
  defineQuery,
  defineUpdate,
  proxyActivities,
  setHandler,
  sleep,
} from '@temporalio/workflow';
import type { BareActivities, BareRequest } from './bare-activities.ts';

export type BareOutcome = 'succeeded' | 'regressed' | 'expired';

/** Answers once the request is assessed. Sent together with the start, as the SDK of Countersign sends a proposal. */
export const assessedUpdate = defineUpdate<void>('assessed');
export const approveUpdate = defineUpdate<void>('approve');
export const stateQuery = defineQuery<{ status: 'assessing' | 'waiting' | 'running' }>('state');

const { assess, execute, measure } = proxyActivities<BareActivities>({ startToCloseTimeout: '15s' });

/** What somebody writes who needs an approval and a watch, and nothing of what governs them. */
export async function bareAction(request: BareRequest): Promise<BareOutcome> {
  let status: 'assessing' | 'waiting' | 'running' = 'assessing';
  let assessed = false;
  let approved = false;
  setHandler(stateQuery, () => ({ status }));
  setHandler(approveUpdate, () => {
    approved = true;
  });

  setHandler(assessedUpdate, () => condition(() => assessed));

  await assess(request);
  assessed = true;
  if (request.needsApproval) {
    status = 'waiting';
    if (!(await condition(() => approved, '15m'))) return 'expired';
  }
  status = 'running';
  await execute(request);
  const startedAt = Date.now();
  for (let n = 0; n < request.checks; n += 1) {
    const wait = startedAt + n * request.intervalMs - Date.now();
    if (wait > 0) await sleep(wait);
    if (!(await measure()).healthy) return 'regressed';
  }
  return 'succeeded';
}
