import { readFile } from 'node:fs/promises';
import { allProcesses, familyOf, type Process } from './processes.ts';

/** `sysconf(_SC_CLK_TCK)` of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** What the machine and its processes have used up to now. */
export interface CpuReading {
  readonly processes: readonly Process[];
  /** In ticks, of all its processors. */
  readonly machine: { readonly busy: number; readonly all: number };
}

/** CPU time that others used while something was measured. */
export interface ForeignCpu {
  readonly seconds: number;
  /** Of all the CPU time that the machine had, 0 to 1. */
  readonly share: number;
}

/** In ticks. Sums, where one row comes of several measurements. */
export interface ForeignTicks {
  readonly foreign: number;
  readonly all: number;
}

export async function readCpu(): Promise<CpuReading> {
  const [processes, machine] = await Promise.all([allProcesses(), machineTicks()]);
  return { processes, machine };
}

/** The first line of `/proc/stat`: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)). What follows is part of `user`. */
async function machineTicks(): Promise<CpuReading['machine']> {
  const [line = ''] = (await readFile('/proc/stat', 'utf8')).split('\n', 1);
  const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0] = ticks;
  const all = ticks.reduce((sum, part) => sum + part, 0);
  return { busy: all - idle - iowait, all };
}

/** CPU milliseconds of these processes and of their children. */
export const cpuMs = ({ processes }: CpuReading, pids: readonly number[]): number =>
  (ticksOf(familyOf(pids, processes)) * 1_000) / TICKS_PER_SECOND;

/** What was used between two readings by processes other than this one and those that it started, at any remove. */
export function foreignBetween(before: CpuReading, after: CpuReading): ForeignTicks {
  const own = ({ processes }: CpuReading) => ticksOf(familyOf([process.pid], processes));
  const busy = after.machine.busy - before.machine.busy;
  // The two are read one after the other, and the machine counts whole ticks: a little less than nothing is nothing.
  const foreign = Math.max(0, busy - (own(after) - own(before)));
  return { foreign, all: after.machine.all - before.machine.all };
}

/** Does the work, and says what others used meanwhile. */
export async function besideOthers<T>(work: () => Promise<T>): Promise<{ result: T; others: ForeignTicks }> {
  const before = await readCpu();
  const result = await work();
  return { result, others: foreignBetween(before, await readCpu()) };
}

export function foreignCpu(parts: readonly ForeignTicks[]): ForeignCpu {
  const foreign = parts.reduce((sum, part) => sum + part.foreign, 0);
  const all = parts.reduce((sum, part) => sum + part.all, 0);
  return { seconds: foreign / TICKS_PER_SECOND, share: foreign / all };
}

const ticksOf = (processes: readonly Process[]) => processes.reduce((sum, { ticks }) => sum + ticks, 0);
