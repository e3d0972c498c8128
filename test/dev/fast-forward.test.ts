import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { fastForward } from '../../src/dev/fast-forward.ts';
import { checkUntilFinished, finish, sleepADay } from './workflows.ts';

const HOUR = 3_600_000;
const taskQueue = `fast-forward-${randomUUID()}`;
let client: Client;
let stop: () => Promise<void>;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const address = inject('temporalAddress');
  const [connection, native] = await Promise.all([
    Connection.connect({ address }),
    NativeConnection.connect({ address }),
  ]);
  client = new Client({ connection });
  const workflowsPath = fileURLToPath(new URL('./workflows.ts', import.meta.url));
  const worker = await Worker.create({ connection: native, taskQueue, workflowsPath });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
    await Promise.all([connection.close(), native.close()]);
  };
});

afterAll(() => stop());

const start = (workflow: typeof sleepADay | typeof checkUntilFinished) =>
  client.workflow.start(workflow, { taskQueue, workflowId: randomUUID() });

test('a timer of 24 hours has fired once 24 hours were skipped', async () => {
  const sleeper = await start(sleepADay);
  await fastForward(client, sleeper.workflowId, 23 * HOUR);
  expect((await sleeper.describe()).status.name).toBe('RUNNING');
  await fastForward(client, sleeper.workflowId, 1 * HOUR);
  expect(await sleeper.result()).toBeGreaterThanOrEqual(24 * HOUR);
});

test('all that was due in the skipped time has been done when the skip resolves', async () => {
  const checker = await start(checkUntilFinished);
  // Each check takes a few real milliseconds of its own, so the last one is due a little after 30 hours.
  await fastForward(client, checker.workflowId, 30 * HOUR + 60_000);
  await checker.signal(finish);
  expect(await checker.result()).toBe(30 * 12);
});

test('a workflow that closes on the way ends the skip', async () => {
  const sleeper = await start(sleepADay);
  await fastForward(client, sleeper.workflowId, 100 * HOUR);
  expect((await sleeper.describe()).status.name).toBe('COMPLETED');
});

test('skipping the time of a closed workflow changes nothing', async () => {
  const sleeper = await start(sleepADay);
  await sleeper.terminate();
  await fastForward(client, sleeper.workflowId, 1 * HOUR);
  expect((await sleeper.describe()).status.name).toBe('TERMINATED');
});

test('a workflow that does not exist is refused', async () => {
  await expect(fastForward(client, 'nobody', HOUR)).rejects.toThrow(/not found/i);
});
