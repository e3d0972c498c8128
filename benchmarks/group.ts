import type { ServerProcess } from '../src/dev/server-process.ts';

/** Processes that do one thing together, measured and ended as one. */
export interface Processes {
  readonly pids: readonly number[];
  stop(): Promise<void>;
}

/** Starts so many of the same, one after the other: the first worker registers what the namespace lacks. */
export async function startGroup(count: number, start: () => Promise<ServerProcess>): Promise<Processes> {
  const all: ServerProcess[] = [];
  while (all.length < count) all.push(await start());
  return {
    pids: all.map(({ pid }) => pid),
    stop: async () => {
      await Promise.all(all.map(({ stop }) => stop()));
    },
  };
}
