import { createHash } from 'node:crypto';
import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';
import { CommandError } from './command-error.ts';

export interface DevData {
  /** The folder of the data. Undefined: nothing is kept. */
  readonly directory: string | undefined;
  /** Where the data is, or why it is not kept, in words for people. */
  readonly said: string;
  release(): Promise<void>;
}

const NOT_KEPT = { directory: undefined, release: async () => undefined };

/**
 * The folder in which `countersign dev` keeps its data; each installation has its own. Only one process uses it at a time.
 *
 * @param options `directory`: the folder to use instead; `temporary`: keep nothing
 * @param home the parent of all these folders
 */
export async function planData(
  installation: string,
  { directory, temporary }: { readonly directory?: string; readonly temporary?: true },
  home = dataHome(),
): Promise<DevData> {
  if (temporary) return { ...NOT_KEPT, said: 'not kept, as --temporary says' };
  const folder = directory ?? join(home, await nameOf(installation));
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'in-use-by');
  const otherProcess = await claim(lock);
  if (otherProcess === undefined)
    return { directory: folder, said: folder, release: () => rm(lock, { force: true }) };
  const inUse = `${folder} is used by process ${otherProcess}`;
  if (directory !== undefined) throw new CommandError(`${inUse}: end it, or name another --directory`);
  return { ...NOT_KEPT, said: `not kept, as ${inUse}` };
}

/** Claims the folder. Returns the id of the process that already has it, where one does. */
async function claim(lock: string): Promise<number | undefined> {
  const writeLock = () => writeFile(lock, String(process.pid), { flag: 'wx' });
  try {
    await writeLock();
    return undefined;
  } catch {
    const pid = Number(await readFile(lock, 'utf8').catch(() => ''));
    if (isRunning(pid)) return pid;
    // The process that had the lock was killed.
    await rm(lock, { force: true });
    return claim(lock);
  }
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process runs, under another user.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The parent of the data folders. Root starts PostgreSQL as another user, who cannot enter root's own folders. */
const dataHome = () =>
  process.getuid?.() === 0
    ? '/var/lib/countersign/dev'
    : join(process.env.XDG_DATA_HOME || join(homedir(), '.local/share'), 'countersign/dev');

/** A name for an installation's folder. Two folders of the same name get two names. */
async function nameOf(installation: string): Promise<string> {
  const path = await realpath(installation);
  return `${basename(path)}-${createHash('sha256').update(path).digest('hex').slice(0, 8)}`;
}
