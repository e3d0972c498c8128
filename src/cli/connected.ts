import type { Command } from 'commander';
import { type Countersign, connect } from '../client/index.ts';

/** Connects as the global options say, runs, and always closes the connection again. */
export async function connected<T>(
  command: Command,
  run: (countersign: Countersign) => Promise<T>,
): Promise<T> {
  const { address, namespace } = command.optsWithGlobals<{ address: string; namespace: string }>();
  const { COUNTERSIGN_TASK_QUEUE: taskQueue, TEMPORAL_API_KEY: apiKey } = process.env;
  const countersign = await connect({
    address,
    namespace,
    ...(taskQueue === undefined ? {} : { taskQueue }),
    ...(apiKey === undefined ? {} : { apiKey, tls: true }),
  });
  try {
    return await run(countersign);
  } finally {
    await countersign.close();
  }
}
