import { setTimeout as delay } from 'node:timers/promises';
import { inFlight } from './load.ts';
import { memoryBytes } from './processes.ts';
import type { Side } from './side.ts';

/** Bytes of memory for each action that waits for a person. */
export interface WaitingBytes {
  readonly worker: number;
  readonly server: number;
}

const SETTLE_MS = 3_000;
const IN_FLIGHT = 50;

/**
 * What each waiting action adds to workers that were started for this. A tenth of them come first and are not counted:
 * they bring in the code.
 */
export async function bytesPerWaiting(
  side: Side,
  count: number,
  pids: { readonly worker: readonly number[]; readonly server: readonly number[] },
): Promise<WaitingBytes> {
  const memory = async () => {
    await delay(SETTLE_MS);
    return Promise.all([memoryBytes(pids.worker), memoryBytes(pids.server)]);
  };
  const first = Math.ceil(count / 10);
  await startWaiting(side, first);
  const [workerBefore, serverBefore] = await memory();
  await startWaiting(side, count - first);
  const [workerAfter, serverAfter] = await memory();
  return {
    worker: (workerAfter - workerBefore) / (count - first),
    server: (serverAfter - serverBefore) / (count - first),
  };
}

const startWaiting = (side: Side, count: number) =>
  inFlight(count, IN_FLIGHT, async () => {
    const action = await side.start(3);
    await action.waiting();
  });
