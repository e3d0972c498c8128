import { readdir, readFile } from 'node:fs/promises';

/** `sysconf(_SC_CLK_TCK)` of Linux on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Resident memory of a process in bytes (proc(5), VmRSS). */
export async function residentBytes(pid: number): Promise<number> {
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}

/** CPU time of a process and of its children in milliseconds (proc(5), utime and stime): PostgreSQL works in children. */
export async function cpuMs(pid: number): Promise<number> {
  const all = await Promise.all((await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(statOf));
  const family = all.filter((stat) => stat !== undefined && (stat.pid === pid || stat.parent === pid));
  return family.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0) * (1_000 / TICKS_PER_SECOND);
}

async function statOf(name: string): Promise<{ pid: number; parent: number; ticks: number } | undefined> {
  // A process may end while the list is read.
  const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => undefined);
  // The name in parentheses may hold spaces; the fields after it are the state, the parent, ...
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (
    fields && { pid: Number(name), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }
  );
}
