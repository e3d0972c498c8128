import { withConnection } from '../../adapters/postgres/connection.ts';
import { keyIdOf } from '../../adapters/postgres/sealed-context.ts';
import { readSecret } from '../../adapters/postgres/secret.ts';
import { eraseContexts } from '../../adapters/postgres/stored-contexts.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';
import { writePrivate } from '../private-file.ts';
import { momentSince } from '../since.ts';

export interface Erasing {
  readonly action?: string;
  readonly olderThan?: string;
}

/** Erases contexts. What the ledger says of them stays: their digests. */
export async function erase(command: CliCommand, { action, olderThan }: Erasing): Promise<void> {
  if ((action === undefined) === (olderThan === undefined))
    throw new CommandError('name one of --action and --older-than');
  const now = Date.now();
  const which =
    action === undefined
      ? { before: momentSince('--older-than', olderThan ?? '', now) }
      : { actionId: action };
  const erased = await withConnection(databaseUrl(command.io.env), (client) =>
    eraseContexts(client, which, now),
  );
  if (erased === 0) command.io.exitCode = action === undefined ? 0 : 1;
  print(command, { erased }, () =>
    erased === 0 ? 'Nothing was erased: there is no such context.' : `${erased} erased.`,
  );
}

/** Writes the key of the contexts into a file. */
export async function writeKey(command: CliCommand, out: string): Promise<void> {
  const key = await withConnection(databaseUrl(command.io.env), (client) => readSecret(client, 'context'));
  const keyId = keyIdOf(key);
  await writePrivate(out, { contextKey: Buffer.from(key).toString('base64url'), keyId });
  print(
    command,
    { keyId, file: out },
    () => `The key ${keyId} is in ${out}. Whoever has it and an auditor's login can read what agents knew.`,
  );
}
