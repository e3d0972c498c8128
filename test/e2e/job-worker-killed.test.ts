import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, expect, onTestFinished, test, vi } from 'vitest';
import { proposal } from '../support/proposals.ts';
import { calm, PATIENCE, Site } from './support.ts';

// A killed worker is missed only when no sign of it has come for half a minute.
vi.setConfig({ testTimeout: 180_000 });

/** A governed system with one job at a time: which keys began one, and how it stands. */
const api = { begun: [] as (string | undefined)[], looks: 0, state: 'running' };
const server = createServer((request, response) => {
  if (request.method === 'POST') {
    api.begun.push(String(request.headers['idempotency-key']));
    return response.writeHead(202, { location: `/jobs/${api.begun.length}` }).end();
  }
  api.looks += 1;
  return response.writeHead(200).end(JSON.stringify({ state: api.state }));
}).listen(0, '127.0.0.1');
await once(server, 'listening');
afterAll(() => void server.close());
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const EFFECT =
  '  http:\n    method: POST\n    url: ${environment.adminUrl}/${target}/cache/flush\n    timeout: 5s\n';
const JOB = `  job:
    method: POST
    url: ${url}/jobs
    status: { interval: 1s, succeeded: answer.state == "done", failed: answer.state == "failed" }
    timeout: 10m
`;

test('INVARIANT 8: a job whose worker is killed is followed by the next worker soon, and no second one is begun', async () => {
  const site = await Site.start({
    files: {
      'actions/cache-flush.yaml': (text) => {
        expect(text).toContain(EFFECT);
        return calm(text.replace(EFFECT, () => JOB));
      },
    },
  });
  onTestFinished(() => site.stop());
  await site.startWorker();
  const action = await site.countersign.propose(proposal());
  await vi.waitFor(() => expect(api.looks).toBeGreaterThan(1), PATIENCE);
  await site.killWorker();
  const looks = api.looks;
  await site.startWorker();
  await vi.waitFor(() => expect(api.looks).toBeGreaterThan(looks), { timeout: 90_000, interval: 100 });
  api.state = 'done';
  expect((await action.result()).outcome).toMatchObject({ kind: 'succeeded' });
  expect(api.begun).toEqual([action.actionId]);
});
