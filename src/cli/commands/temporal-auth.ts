import { readFile, writeFile } from 'node:fs/promises';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';
import { writePrivate } from '../private-file.ts';
import { keySetWith, newTokenKey, permissionIn, signToken, tokenKeyIn } from '../temporal-auth.ts';

export interface Key {
  readonly out: string;
  readonly jwks: string;
}

export interface Token {
  readonly key: string;
  readonly permit: readonly string[];
  readonly days: number;
}

/** Makes the key that tokens are signed with, and adds its public half to the set that the server reads. */
export async function makeKey(command: CliCommand, { out, jwks }: Key): Promise<void> {
  const key = await newTokenKey();
  const keySet = keySetWith(await textOf(jwks), key);
  await writePrivate(out, key);
  // Written in place: a file that is mounted into a container is bound to that very file, not to its name.
  await writeFile(jwks, keySet);
  print(
    command,
    { kid: key.kid, privateKeyFile: out, keySetFile: jwks },
    () =>
      `Private key: ${out}   (anyone who has it can do everything in Temporal)\nIts public half, ${key.kid}, is in ${jwks}. The server reads that again every minute.`,
  );
}

/** Signs a token. @param subject the holder of the token */
export async function makeToken(command: CliCommand, subject: string, options: Token): Promise<void> {
  const permissions = options.permit.map(permissionIn);
  const key = await keyFrom(options.key);
  const now = new Date();
  const token = await signToken(key, { subject, permissions, days: options.days, now });
  const until = new Date(now.getTime() + options.days * 86_400_000).toISOString();
  print(command, { token, subject, permissions: options.permit, until }, () => token);
}

/** The text of a file; undefined where there is no file. */
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
