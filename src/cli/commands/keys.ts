import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { withSigningKey } from '../../config/index.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { newKey } from '../signing.ts';

/** `countersign keys`: a person makes their signing key; only its public half ever leaves them. */
export function keysCommand(program: Command): void {
  program
    .command('keys')
    .description("make a person's Ed25519 signing key")
    .argument('<person>', "the person's name in the catalog")
    .requiredOption(
      '--out <file>',
      'where the private key goes (created, never overwritten, readable by you alone)',
    )
    .option('--catalog <file>', 'catalog file in which to enter the public key')
    .action(async (person: string, options: { out: string; catalog?: string }, command: Command) => {
      const key = newKey(person);
      const annotated =
        options.catalog === undefined ? undefined : await entered(options.catalog, person, key.jwk.x);
      await writeFile(options.out, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' }).catch(
        (error: Error) => {
          throw new CommandError(`the key cannot be written: ${error.message}`);
        },
      );
      if (options.catalog !== undefined && annotated !== undefined)
        await writeFile(options.catalog, annotated);
      print(command, { person, publicKey: key.jwk.x, privateKeyFile: options.out }, () =>
        options.catalog === undefined
          ? `Private key: ${options.out}\nEnter this in the catalog, under ${person}'s annotations:\n  countersign.dev/signing-keys: ${key.jwk.x}`
          : `Private key: ${options.out}\nPublic key entered in ${options.catalog}.`,
      );
    });
}

/** The text of the catalog file with the key in it. */
async function entered(catalog: string, person: string, x: string): Promise<string> {
  try {
    return withSigningKey(await readFile(catalog, 'utf8'), person, x);
  } catch (error) {
    throw new CommandError(`${catalog}: ${error instanceof Error ? error.message : error}`);
  }
}
