import { mkdir, open, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfText } from '../../domain/shared/digest.ts';

/** What a witness remembers, in files of one folder. One process at a time may use a folder. */
export interface WitnessState {
  /** The newest checkpoint of a log that was cosigned. Undefined: none was. */
  seen(origin: string): Promise<string | undefined>;
  /** Remembers a checkpoint as the newest one. Resolves once it is durable. */
  remember(origin: string, note: string): Promise<void>;
  /** Keeps the first checkpoint that a log signed and that does not go on from what was seen. @returns its file; undefined: one is kept already */
  accuse(origin: string, note: string): Promise<string | undefined>;
}

export async function openWitnessState(folder: string): Promise<WitnessState> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // A name may have any characters, and two names must never share a file.
  const fileOf = (origin: string, ending: string) => join(folder, `${digestOfText(origin)}.${ending}`);
  return {
    seen: (origin) => readFile(fileOf(origin, 'checkpoint'), 'utf8').catch(orNothing),
    remember: async (origin, note) => {
      const file = fileOf(origin, 'checkpoint');
      await writeDurably(`${file}.new`, note);
      await rename(`${file}.new`, file);
      await syncFolder(folder);
    },
    accuse: async (origin, note) => {
      const file = fileOf(origin, 'conflict');
      try {
        await writeFile(file, note, { flag: 'wx', mode: 0o600 });
        return file;
      } catch (error) {
        if (codeOf(error) === 'EEXIST') return undefined;
        throw error;
      }
    },
  };
}

async function writeDurably(file: string, text: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename durable: the folder has the name. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : undefined);

function orNothing(error: unknown): undefined {
  if (codeOf(error) !== 'ENOENT') throw error;
}
