import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { pathFolders } from '../../src/dev/cache-folder.ts';

/** Programs that tests run and that no package brings, with what runs in them. */
const PROGRAMS = {
  git: 'says who changed the rules',
  python3: 'is what the second verifier of the ledger is written in',
  go: "is what the verifiers are written in that others made for Go's checksum database and for transparency logs",
};

/**
 * Looks for the programs that tests need, before anything starts.
 *
 * @throws Error that names all that are missing
 */
export async function requirePrograms(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  const folders = pathFolders(env);
  const missing: string[] = [];
  for (const [program, use] of Object.entries(PROGRAMS)) {
    const found = await Promise.all(
      folders.map((folder) =>
        access(join(folder, program), constants.X_OK).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!found.includes(true)) missing.push(`${program} (it ${use})`);
  }
  if (missing.length > 0)
    throw new Error(`The tests need ${missing.join(' and ')}: install it, and put it on PATH.`);
}
