import { readFile, writeFile } from 'node:fs/promises';
import { type Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { writePrivate } from '../private-file.ts';
import { keySetWith, newTokenKey, permissionIn, signToken, tokenKeyIn } from '../temporal-auth.ts';

const MOST_DAYS = 3650;

/** `countersign temporal-auth`: the key and the tokens with which a Temporal server of one's own knows who may do what. */
export function temporalAuthCommand(program: Command): void {
  const auth = program
    .command('temporal-auth')
    .description('make the key and the tokens for a Temporal server that you run');

  auth
    .command('key')
    .description('make the key that signs tokens, and add its public half to the key set of the server')
    .requiredOption(
      '--out <file>',
      'file for the private key (created, never overwritten, readable only by you)',
    )
    .requiredOption(
      '--jwks <file>',
      'file with the set of public keys (TEMPORAL_JWT_KEY_SOURCE1); created, or extended',
    )
    .action(async ({ out, jwks }: { out: string; jwks: string }, command: Command) => {
      const key = await newTokenKey();
      const keySet = keySetWith(await textOf(jwks), key);
      await writePrivate(out, key);
      // In place: a file that is mounted into a container is that file, and not its name.
      await writeFile(jwks, keySet);
      print(
        command,
        { kid: key.kid, privateKeyFile: out, keySetFile: jwks },
        () =>
          `Private key: ${out}   (anyone who has it can do everything in Temporal)\nIts public half, ${key.kid}, is in ${jwks}. The server reads that again every minute.`,
      );
    });

  auth
    .command('token')
    .description('sign a token, for TEMPORAL_API_KEY')
    .argument('<subject>', 'name of the holder, such as worker or grace; the logs of the server show it')
    .requiredOption('--key <file>', 'the private key, from "countersign temporal-auth key"')
    .requiredOption(
      '--permit <namespace:role...>',
      'permission: read, write or admin in a namespace, such as countersign:write; temporal-system:read for all namespaces',
    )
    .option('--days <number>', `days until it expires, up to ${MOST_DAYS}`, daysIn, 365)
    .action(async (subject: string, options: TokenOptions, command: Command) => {
      const permissions = options.permit.map(permissionIn);
      const key = await keyFrom(options.key);
      const now = new Date();
      const token = await signToken(key, { subject, permissions, days: options.days, now });
      const until = new Date(now.getTime() + options.days * 86_400_000).toISOString();
      print(command, { token, subject, permissions: options.permit, until }, () => token);
    });
}

interface TokenOptions {
  readonly key: string;
  readonly permit: readonly string[];
  readonly days: number;
}

/** The text of a file that may not be there yet. */
async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new CommandError(`${file} cannot be read: ${error.message}`);
  });
}

async function keyFrom(file: string) {
  const text = await textOf(file);
  if (text === undefined) throw new CommandError(`there is no key at ${file}`);
  return tokenKeyIn(text);
}

function daysIn(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_DAYS}.`);
  return days;
}
