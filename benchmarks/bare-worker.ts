/** The bare workflow's worker, a process of its own with the worker's default settings, as the governed one has. */
import { fileURLToPath } from 'node:url';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { serveHealth } from '../src/adapters/health.ts';
import { createBareActivities } from './bare-activities.ts';

const {
  TEMPORAL_ADDRESS: address = '',
  TASK_QUEUE: taskQueue = '',
  HEALTH_ADDRESS = '',
  TARGET_URL = '',
} = process.env;

Runtime.install({ logger: new DefaultLogger('WARN') });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue,
  activities: createBareActivities(TARGET_URL),
  workflowsPath: fileURLToPath(new URL('./bare-workflow.ts', import.meta.url)),
});
const health = await serveHealth(HEALTH_ADDRESS, async () =>
  worker.getState() === 'RUNNING' ? [] : [`the worker is ${worker.getState()}`],
);
await worker.run();
await health.close();
await connection.close();
