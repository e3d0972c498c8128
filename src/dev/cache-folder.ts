import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** The folder in which downloaded and built programs are kept: COUNTERSIGN_CACHE, or `countersign` in the user's cache folder. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  const caches = env.XDG_CACHE_HOME || join(env.HOME || homedir(), '.cache');
  return env.COUNTERSIGN_CACHE || join(caches, 'countersign');
}

/** The folders of PATH, in order. */
export const pathFolders = (env: NodeJS.ProcessEnv): string[] =>
  (env.PATH ?? '').split(delimiter).filter(Boolean);
