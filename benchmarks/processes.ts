import { readdir, readFile } from 'node:fs/promises';

/** One process, from `/proc/<pid>/stat` (proc(5)). */
export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** CPU time of its own and of its children that have ended. */
  readonly ticks: number;
}

export async function allProcesses(): Promise<Process[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return (await Promise.all(names.map(processOf))).flatMap((process) => process ?? []);
}

async function processOf(name: string): Promise<Process | undefined> {
  // A process may end while the list is read.
  const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
  // The name before the last parenthesis may hold spaces. After it: the state, the parent, ... utime, stime, cutime, cstime.
  const fields = stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  if (!fields) return undefined;
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15);
  return { pid: Number(name), parent: Number(fields[1]), ticks: utime + stime + cutime + cstime };
}

/** These processes with their children, and theirs: PostgreSQL works in children. */
export function familyOf(pids: readonly number[], processes: readonly Process[]): Process[] {
  const family = new Set(pids);
  for (let before = 0; before < family.size; ) {
    before = family.size;
    for (const { pid, parent } of processes) if (family.has(parent)) family.add(pid);
  }
  return processes.filter(({ pid }) => family.has(pid));
}

/**
 * The memory of these processes and of their children in bytes. What several of them share, as PostgreSQL's do, counts once
 * (proportional set size).
 */
export async function memoryBytes(pids: readonly number[]): Promise<number> {
  const family = familyOf(pids, await allProcesses());
  const sizes = await Promise.all(family.map(({ pid }) => proportionalBytes(pid)));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function proportionalBytes(pid: number): Promise<number> {
  // A child may end meanwhile.
  const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
  const [, kilobytes = 0] = /^Pss:\s+(\d+) kB$/m.exec(rollup) ?? [];
  return Number(kilobytes) * 1024;
}
