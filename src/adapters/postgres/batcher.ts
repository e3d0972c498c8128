import { setImmediate as turn } from 'node:timers/promises';

interface Call<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * Group commit: while one batch runs, further calls gather into the next. Each call settles with its own result, once its batch is
 * done. When a batch fails as a whole, all of its calls fail with that error, and later calls are tried anew.
 *
 * `run` answers for every item, in their order.
 */
export function createBatcher<Item, Result>(
  maxItems: number,
  run: (items: readonly Item[]) => Promise<readonly PromiseSettledResult<Result>[]>,
): (item: Item) => Promise<Result> {
  const queue: Call<Item, Result>[] = [];
  let isRunning = false;

  async function runAll(): Promise<void> {
    isRunning = true;
    while (queue.length > 0) {
      // The callers of the finished batch call again in this turn. Without this wait, the first of them would go alone.
      await turn();
      await settle(queue.splice(0, maxItems));
    }
    isRunning = false;
  }

  async function settle(calls: readonly Call<Item, Result>[]): Promise<void> {
    try {
      const results = await run(calls.map(({ item }) => item));
      for (const [i, { resolve, reject }] of calls.entries()) {
        const result = results[i];
        if (result?.status === 'fulfilled') resolve(result.value);
        else reject(result?.reason);
      }
    } catch (error) {
      for (const { reject } of calls) reject(error);
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      queue.push({ item, resolve, reject });
      if (!isRunning) void runAll();
    });
}
