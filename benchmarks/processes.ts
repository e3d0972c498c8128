import { readdir, readFile } from 'node:fs/promises';

/** `sysconf(_SC_CLK_TCK)` of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Resident memory of a process in bytes (proc(5), VmRSS). */
export async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** CPU milliseconds of a process and of its children, ended ones too: PostgreSQL works in children. From proc(5), stat. */
export async function cpuMs(pid: number): Promise<number> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf));
  return all
    .flatMap((stat) => stat ?? [])
    .filter((stat) => stat.pid === pid || stat.parent === pid)
    .reduce((sum, stat) => sum + (stat.ticks * 1_000) / TICKS_PER_SECOND, 0);
}

async function statOf(name: string): Promise<{ pid: number; parent: number; ticks: number } | undefined> {
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
