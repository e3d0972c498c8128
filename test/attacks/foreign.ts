import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { afterAll, beforeAll, inject } from 'vitest';
import { GOVERN_ACTION } from '../../src/contract/ids.ts';
import type { World } from '../support/world.ts';
import { type Answer, callUpdate, endUpdate } from './foreign-workflows.ts';

/** A workflow of somebody else, under a name and an id of ours. */
export interface Puppet {
  readonly workflowId: string;
  readonly runId: string;
  /** Asks an activity of our workers. */
  call(activity: string, ...args: unknown[]): Promise<Answer>;
  end(): Promise<void>;
}

/** A worker of an agent: its own task queue, its own workflows, the same namespace. */
export interface Foreigner {
  start(workflowId: string, workflowType?: string): Promise<Puppet>;
}

const CODE = fileURLToPath(new URL('./foreign-workflows.ts', import.meta.url));

export function useForeigner(world: () => World): () => Foreigner {
  const taskQueue = `foreign-${crypto.randomUUID()}`;
  let connection: NativeConnection;
  let stop: () => Promise<void>;
  beforeAll(async () => {
    connection = await NativeConnection.connect({ address: inject('temporalAddress') });
    const worker = await Worker.create({ connection, taskQueue, workflowsPath: CODE });
    const running = worker.run();
    stop = async () => {
      worker.shutdown();
      await running;
    };
  });
  afterAll(async () => {
    await stop();
    await connection.close();
  });
  return () => ({
    start: async (workflowId, workflowType = GOVERN_ACTION) => {
      const { client, taskQueue: ours } = world();
      const started = await client.workflow.start(workflowType, { workflowId, taskQueue });
      return puppetOf(started, ours);
    },
  });
}

function puppetOf(started: WorkflowHandle & { readonly firstExecutionRunId: string }, ours: string): Puppet {
  return {
    workflowId: started.workflowId,
    runId: started.firstExecutionRunId,
    call: (activity, ...args) => started.executeUpdate(callUpdate, { args: [ours, activity, args] }),
    end: async () => {
      await started.executeUpdate(endUpdate);
      await started.result();
    },
  };
}
