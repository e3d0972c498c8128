import { writeFile } from 'node:fs/promises';
import { CommandError } from './command-error.ts';

/** Writes a private key as JSON into a new file that only its owner can read. */
export async function writePrivate(file: string, key: object): Promise<void> {
  await writeFile(file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch(
    (error: Error) => {
      throw new CommandError(`the key cannot be written: ${error.message}`);
    },
  );
}
