import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, describe, expect, test, vi } from 'vitest';
import type { Executor } from '../../src/activities/ports/executor.ts';
import type { JobPlan } from '../../src/domain/action/action.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** A governed system that accepts jobs and finishes them later: `finish` says how, and until then they run. */
const jobs = new Map<string, { key: string; index: string; looks: number; state: string }>();
const system = createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const [, , id = '', verb] = (request.url ?? '').split('/');
  const job = jobs.get(id);
  if (request.method === 'POST' && !job) {
    const next = String(jobs.size + 1);
    const key = String(request.headers['idempotency-key']);
    jobs.set(next, { key, index: JSON.parse(body).index, looks: 0, state: 'running' });
    return response.writeHead(202, { location: `/jobs/${next}` }).end();
  }
  if (!job) return response.writeHead(404).end();
  if (verb === 'cancel') job.state = 'rejected';
  else job.looks += 1;
  return response.writeHead(200).end(JSON.stringify({ state: job.state }));
}).listen(0, '127.0.0.1');
await once(system, 'listening');
afterAll(() => void system.close());
const url = `http://127.0.0.1:${(system.address() as AddressInfo).port}`;

const jobsOf = (actionId: string) => [...jobs.values()].filter(({ key }) => key.split('/')[0] === actionId);
/** Waits until the action has begun a job, and somebody has looked at it. */
const running = async (actionId: string, which = 0) =>
  vi.waitFor(() => {
    const job = jobsOf(actionId)[which];
    if (!job || job.looks === 0) throw new Error('no job is followed yet');
    return job;
  }, PATIENCE);

const job = (index: string): JobPlan => ({
  executor: 'job',
  method: 'POST',
  url: `${url}/jobs`,
  body: { index },
  status: {
    intervalMs: 50,
    succeeded: 'answer.state == "done"',
    failed: 'answer.state == "failed"',
    unchanged: 'answer.state == "rejected"',
  },
  cancel: { method: 'POST', append: '/cancel' },
  timeoutMs: 60_000,
});

const world = useWorld({
  installation: () => {
    const { actionTypes, agents } = testInstallation().installation;
    const flush = actionTypes['cache.flush'];
    if (!flush) throw new Error('there is no cache.flush');
    const { watch: _, ...unwatched } = flush;
    const reindex = { ...unwatched, name: 'reindex', execute: job('orders'), rollback: job('orders_before') };
    return {
      actionTypes: { ...actionTypes, reindex },
      agents: { ...agents, ...freeAgents(SPARE) },
    };
  },
});

let used = 0;
/** Proposes the action, by another agent each time: one whose action was taken back may do less. */
const reindex = () => {
  used += 1;
  const agent = { id: SPARE[used] ?? '', version: '1.0.0' };
  return world().countersign.propose(proposal({ actionType: 'reindex', agent }));
};

describe('an action that is a job', () => {
  test('is done when the job is, and not when it is accepted', async () => {
    const action = await reindex();
    const begun = await running(action.actionId);
    expect((await action.state()).status).toBe('executing');
    begun.state = 'done';
    expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
    expect(jobsOf(action.actionId)).toHaveLength(1);
    expect(await world().ledgerOf(action)).toEqual(
      expect.arrayContaining(['admitted', 'begun', 'begun', 'executed', 'closed']),
    );
  });

  test('whose job fails is taken back, and the rollback is a job too', async () => {
    const action = await reindex();
    (await running(action.actionId)).state = 'failed';
    (await running(action.actionId, 1)).state = 'done';
    expect((await action.result()).outcome).toMatchObject({
      kind: 'rolledBack',
      reason: expect.stringContaining('the job failed: 200 OK'),
    });
    expect(jobsOf(action.actionId).map(({ index }) => index)).toEqual(['orders', 'orders_before']);
  });

  test('that is revoked while the job runs has it cancelled', async () => {
    const action = await reindex();
    const begun = await running(action.actionId);
    await world().say('edsger', 'revoke', action, { reason: 'in the middle of the sale' });
    await vi.waitFor(() => expect(begun.state).toBe('rejected'), PATIENCE);
    expect((await action.result()).outcome).toMatchObject({ kind: 'failed' });
    expect(jobsOf(action.actionId)).toHaveLength(1);
  });

  test('INVARIANT 8: whose worker is lost while the job runs is followed by the next one, which begins no second job', async () => {
    await world().stopWorker();
    const { executors } = world().parts;
    let lost = false;
    const dying: Executor = {
      ...executors.job,
      run: (effect, progress) => {
        if (lost) return executors.job.run(effect, progress);
        return executors.job.run(effect, {
          began: async (statusUrl) => {
            await progress?.began(statusUrl);
            lost = true;
            throw new Error('the worker is lost');
          },
          unwanted: async () => undefined,
        });
      },
    };
    await world().startWorker({ executors: { ...executors, job: dying } });
    const action = await reindex();
    (await running(action.actionId)).state = 'done';
    expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
    expect(lost).toBe(true);
    expect(jobsOf(action.actionId)).toHaveLength(1);
  });

  test('INVARIANT 8: of which nobody knows where it is followed is not begun a second time', async () => {
    await world().stopWorker();
    const { executors } = world().parts;
    let lost = false;
    const dying: Executor = {
      ...executors.job,
      run: (effect, progress) => {
        if (lost) return executors.job.run(effect, progress);
        lost = true;
        return executors.job.run(effect, {
          began: async () => {
            throw new Error('the worker is lost');
          },
          unwanted: async () => undefined,
        });
      },
    };
    await world().startWorker({ executors: { ...executors, job: dying } });
    const action = await reindex();
    (await running(action.actionId, 1)).state = 'done';
    expect((await action.result()).outcome).toMatchObject({
      kind: 'rolledBack',
      reason: expect.stringContaining('an earlier attempt may have run it'),
    });
    expect(jobsOf(action.actionId).map(({ index }) => index)).toEqual(['orders', 'orders_before']);
  });
});
