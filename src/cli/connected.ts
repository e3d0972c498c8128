import type { Command } from 'commander';
import { type Countersign, connect } from '../client/index.ts';

/** Connects as the global options say, runs, and always closes the connection again. */
export async function connected<T>(
  command: Command,
  run: (countersign: Countersign) => Promise<T>,
): Promise<T> {
  const { address, namespace } = command.optsWithGlobals<{ address: string; namespace: string }>();
  const taskQueue = process.env.COUNTERSIGN_TASK_QUEUE;
  const countersign = await connect({
    address,
    namespace,
    ...(taskQueue === undefined ? {} : { taskQueue }),
  });
  try {
    return await run(countersign);
  } finally {
    await countersign.close();
  }
}
