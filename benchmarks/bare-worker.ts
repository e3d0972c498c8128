/** The bare workflow's worker, a process of its own with the worker's default settings, as the governed one has. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { serveHealth } from '../src/adapters/health.ts';
import type { BareRequest } from './bare-workflow.ts';

const {
  TEMPORAL_ADDRESS: address = '',
  TASK_QUEUE: taskQueue = '',
  HEALTH_ADDRESS = '',
  TARGET_URL = '',
} = process.env;

const activities = {
  assess: async ({ target, version }: BareRequest) => ({
    severity: version.length % 5,
    reasons: [`${target} is to be set to ${version}`],
  }),

  execute: async ({ actionId, target, version }: BareRequest) => {
    const response = await fetch(`${TARGET_URL}/effects/${target}/set`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': actionId },
      body: JSON.stringify({ version }),
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`the target answered ${response.status}`);
    return { summary: await response.text(), at: Date.now() };
  },

  measure: async () => {
    const response = await fetch(`${TARGET_URL}/metrics`, { signal: AbortSignal.timeout(5_000) });
    const [, number] = /^bench_error_ratio (\S+)$/m.exec(await response.text()) ?? [];
    const value = Number(number);
    return { value, healthy: value <= 0.02, at: Date.now() };
  },
};
export type BareActivities = typeof activities;

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  activities,
  workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
});
const health = await serveHealth(HEALTH_ADDRESS, async () =>
  worker.getState() === 'RUNNING' ? [] : [`the worker is ${worker.getState()}`],
);
await worker.run();
await health.close();
await connection.close();
