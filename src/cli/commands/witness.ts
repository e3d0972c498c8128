import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { serveWitness } from '../../adapters/witness/witness-server.ts';
import { openWitnessState } from '../../adapters/witness/witness-state.ts';
import {
  COSIGNATURE,
  ED25519,
  isKeyName,
  parseVkey,
  type SignerKey,
  type VerifierKey,
  verifierOf,
  vkeyOf,
} from '../../domain/ledger/tree/signed-note.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { print } from '../print.ts';

export interface WitnessSettings {
  readonly state: string;
  readonly name?: string;
  readonly log?: readonly string[];
  readonly listen: string;
}

const keySchema = z.strictObject({
  name: z.string().refine(isKeyName),
  /** 32 bytes in base64. */
  seed: z.base64().transform((text) => new Uint8Array(Buffer.from(text, 'base64'))),
});

/** Runs a witness until a signal ends it. */
export async function witness(command: CliCommand, settings: WitnessSettings): Promise<void> {
  const logs = (settings.log ?? []).map(logOf);
  const key = await keyIn(settings);
  const server = await serveWitness({
    address: settings.listen,
    key,
    logs,
    state: await openWitnessState(settings.state),
    now: Date.now,
    report: (line) => command.io.stderr.write(`${line}\n`),
  });
  const vkey = vkeyOf(verifierOf(key, COSIGNATURE));
  print(command, { witness: vkey, url: server.url, logs: logs.map(({ name }) => name) }, () =>
    [
      `Witness  ${vkey}`,
      `URL      ${server.url}`,
      ...(logs.length === 0
        ? ['It watches no ledger yet: start it with --log VKEY.']
        : logs.map(({ name }) => `Watches  ${name}`)),
    ].join('\n'),
  );
  await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
  await server.close();
}

function logOf(text: string): VerifierKey {
  const key = parseVkey(text);
  if (key?.type === ED25519) return key;
  throw new CommandError(
    `--log ${text} is not the verifier key of a ledger: "countersign ledger verify" prints it`,
  );
}

/** Reads the key of the folder, or makes one at the first start. */
async function keyIn({ state, name }: WitnessSettings): Promise<SignerKey> {
  const file = join(state, 'key.json');
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) {
    const parsed = keySchema.safeParse(jsonIn(text));
    if (!parsed.success || parsed.data.seed.length !== 32)
      throw new CommandError(`${file} is not the key of a witness`);
    if (name !== undefined && name !== parsed.data.name)
      throw new CommandError(`${file} is the key of ${parsed.data.name}: another name needs another --state`);
    return parsed.data;
  }
  if (name === undefined || !isKeyName(name))
    throw new CommandError(
      'name its key with --name: no spaces and no "+", such as witness.example.com/east',
    );
  const seed = randomBytes(32);
  await mkdir(state, { recursive: true, mode: 0o700 });
  await writeFile(file, `${JSON.stringify({ name, seed: seed.toString('base64') })}\n`, {
    flag: 'wx',
    mode: 0o600,
  });
  return { name, seed: new Uint8Array(seed) };
}
