import { fileURLToPath } from 'node:url';
import { type Client, WithStartWorkflowOperation } from '@temporalio/client';
import { freePorts } from '../src/dev/ports.ts';
import { type ServerProcess, startServer } from '../src/dev/server-process.ts';
import { approveUpdate, assessedUpdate, type bareAction, stateQuery } from './bare-workflow.ts';
import { CHECKS, serviceName } from './installation.ts';
import { type Side, whenWaiting } from './side.ts';

const TASK_QUEUE = 'bare';

/** Starts the bare worker and resolves once it polls. */
export async function startBareWorker(address: string, targetUrl: string): Promise<ServerProcess> {
  const [port] = await freePorts(1);
  const health = `127.0.0.1:${port}`;
  return startServer({
    name: 'the bare worker',
    command: process.execPath,
    args: ['--import', 'tsx', fileURLToPath(new URL('./bare-worker.ts', import.meta.url))],
    env: {
      ...process.env,
      TEMPORAL_ADDRESS: address,
      TASK_QUEUE,
      HEALTH_ADDRESS: health,
      TARGET_URL: targetUrl,
    },
    stopSignal: 'SIGTERM',
    answers: async () => {
      const response = await fetch(`http://${health}/healthz`, { signal: AbortSignal.timeout(1_000) });
      if (!response.ok) throw new Error(await response.text());
    },
  });
}

/** A plain Temporal workflow with the same effects and waits. */
export function bareSide(client: Client): Side {
  let started = 0;
  return {
    start: async (tier) => {
      started += 1;
      const workflowId = `bare/${started}`;
      const startWorkflowOperation = new WithStartWorkflowOperation<typeof bareAction>('bareAction', {
        taskQueue: TASK_QUEUE,
        workflowId,
        workflowIdConflictPolicy: 'FAIL',
        args: [
          {
            actionId: workflowId,
            target: serviceName(started),
            version: `1.${started}`,
            needsApproval: tier > 1,
            checks: CHECKS.count,
            intervalMs: CHECKS.intervalSeconds * 1_000,
          },
        ],
      });
      await client.workflow.executeUpdateWithStart(assessedUpdate, { startWorkflowOperation });
      const handle = client.workflow.getHandle<typeof bareAction>(workflowId);
      const waiting = () => whenWaiting(() => handle.query(stateQuery));
      return {
        workflowId,
        effectKey: workflowId,
        waiting,
        approve: async () => {
          await waiting();
          const sentAt = performance.now();
          await handle.executeUpdate(approveUpdate);
          return sentAt;
        },
        result: async () => {
          const outcome = await handle.result();
          if (outcome !== 'succeeded') throw new Error(`${workflowId} ended ${outcome}`);
        },
      };
    },
  };
}
