import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../src/dev/ports.ts';
import { findTemporal } from '../../src/dev/temporal-binary.ts';
import { startTemporal } from '../../src/dev/temporal-server.ts';
import { sleepADay } from './workflows.ts';

let binary: string;
let folder: string;

beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  binary = await findTemporal(() => undefined);
  folder = await mkdtemp(join(tmpdir(), 'temporal-server-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address });
  return use(new Client({ connection })).finally(() => connection.close());
}

test('the server answers once it is started, and nothing of it is left once it is stopped', async () => {
  const log = join(folder, 'temporal.log');
  const server = await startTemporal({ binary, ui: true, log });
  const started = await withClient(server.address, (client) =>
    client.workflow.start(sleepADay, { taskQueue: 'nobody', workflowId: 'a' }),
  );
  expect(started.firstExecutionRunId).toMatch(/./);
  expect((await fetch(String(server.uiUrl))).status).toBe(200);
  await server.stop();
  await server.stop();
  expect(() => process.kill(server.pid, 0)).toThrow('ESRCH');
  await expect(fetch(String(server.uiUrl))).rejects.toThrow('fetch failed');
  expect(await readFile(log, 'utf8')).toContain('Temporal Server:');
});

test('a database file keeps a started workflow over a restart on the same port', async () => {
  const [port] = await freePorts(1);
  const options = { binary, ui: false, databaseFile: join(folder, 'temporal.db'), ...(port ? { port } : {}) };
  const workflowId = randomUUID();
  const first = await startTemporal(options);
  await withClient(first.address, (client) =>
    client.workflow.start(sleepADay, { taskQueue: 'nobody', workflowId }),
  );
  await first.stop();

  const second = await startTemporal(options);
  expect(second.address).toBe(first.address);
  const found = await withClient(second.address, (client) =>
    client.workflow.getHandle(workflowId).describe(),
  );
  expect(found).toMatchObject({ type: 'sleepADay', status: { name: 'RUNNING' } });
  await second.stop();
});

test('an activity can be started by itself, without a workflow', async () => {
  const server = await startTemporal({ binary, ui: false });
  const connection = await NativeConnection.connect({ address: server.address });
  const activities = { add: async (a: number, b: number) => a + b };
  const worker = await Worker.create({ connection, taskQueue: 'alone', activities });
  const sum = await worker.runUntil(
    withClient(server.address, (client) =>
      client.activity.execute('add', {
        id: 'sum',
        taskQueue: 'alone',
        args: [2, 3],
        startToCloseTimeout: '10 seconds',
      }),
    ),
  );
  expect(sum).toBe(5);
  await connection.close();
  await server.stop();
});

test('a server that dies at start is quoted', async () => {
  const databaseFile = join(folder, 'missing', 'temporal.db');
  await expect(startTemporal({ binary, ui: false, databaseFile })).rejects.toThrow(
    /^the Temporal server did not start: it ended with code 1\. Its last output:\n.*missing.*no such file/s,
  );
});

test('a port that is taken is refused', async () => {
  const [port] = await freePorts(1);
  const other = createServer();
  await new Promise<void>((listening) => other.listen(port, '127.0.0.1', listening));
  await expect(startTemporal({ binary, ui: false, ...(port ? { port } : {}) })).rejects.toThrow(
    `port ${port} of 127.0.0.1 cannot be used`,
  );
  other.close();
});
