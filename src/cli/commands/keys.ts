import { readFile, writeFile } from 'node:fs/promises';
import { newGatewayKey, readGatewayKey } from '../../keys/key-file.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { writePrivate } from '../private-file.ts';
import { newKey } from '../signing.ts';

export interface Wanted {
  readonly out: string;
  readonly catalog?: string;
  readonly gateway?: true;
  readonly replaces?: string;
}

/** Makes a signing key. @param person a person or agent; undefined with `--gateway` */
export async function keys(command: CliCommand, person: string | undefined, options: Wanted): Promise<void> {
  if (options.gateway) {
    if (person !== undefined || options.catalog !== undefined)
      throw new CommandError(
        "a gateway's key has no name and is in no catalog: leave out --gateway, or the name and --catalog",
      );
    return gatewayKey(options, command);
  }
  if (options.replaces !== undefined) throw new CommandError('--replaces goes with --gateway');
  if (person === undefined) throw new CommandError('name the person or the agent, or give --gateway');
  const key = newKey(person);
  const changedCatalog =
    options.catalog === undefined ? undefined : await enterKey(options.catalog, person, key.jwk.x);
  await writePrivate(options.out, key);
  if (options.catalog !== undefined && changedCatalog !== undefined)
    await writeFile(options.catalog, changedCatalog);
  print(command, { person, publicKey: key.jwk.x, privateKeyFile: options.out }, () =>
    options.catalog === undefined
      ? `Private key: ${options.out}\nEnter this in the catalog, under ${person}'s annotations:\n  countersign.dev/signing-keys: ${key.jwk.x}`
      : `Private key: ${options.out}\nPublic key entered in ${options.catalog}. ${RESTART}`,
  );
}

/** A gateway reads a changed folder by itself. A worker does not, because a ruling must rest on a folder that stays the same. */
const RESTART =
  'Workers read the folder when they start: restart them. The key counts for what is proposed from then on.';

async function gatewayKey({ out, replaces }: Wanted, command: CliCommand): Promise<void> {
  const keyBefore = replaces === undefined ? undefined : await readGatewayKey(replaces);
  const key = newGatewayKey(keyBefore?.secret);
  await writePrivate(out, key);
  print(
    command,
    { publicKey: key.jwk.x, privateKeyFile: out },
    () =>
      `Private key: ${out}   (COUNTERSIGN_GATEWAY_KEY)\nEnter this in countersign.yaml, beside the keys that are there:\n  gateway:\n    keys: [${key.jwk.x}]`,
  );
}

/** The text of the catalog file with the key in it. */
async function enterKey(catalog: string, person: string, x: string): Promise<string> {
  const { withSigningKey } = await import('../../config/index.ts');
  try {
    return withSigningKey(await readFile(catalog, 'utf8'), person, x);
  } catch (error) {
    throw new CommandError(`${catalog}: ${error instanceof Error ? error.message : error}`);
  }
}
