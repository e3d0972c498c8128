import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { withConnection } from '../../adapters/postgres/connection.ts';
import { readAll } from '../../adapters/postgres/ledger.ts';
import { proveAction } from '../../adapters/postgres/prove.ts';
import { readCheckpoint } from '../../adapters/postgres/tree.ts';
import { verifyLedger } from '../../adapters/postgres/verify.ts';
import { walkFrom } from '../../adapters/postgres/walk-from.ts';
import { exactLine } from '../../briefing/text.ts';
import type { ChainCheck, Head, ReadEntry } from '../../domain/ledger/ledger.ts';
import {
  type Anchor,
  type Anchors,
  type Broken,
  type CheckedEntry,
  concludeWalk,
  START,
  type Verdict,
  walkOn,
} from '../../domain/ledger/tree/check-ledger.ts';
import { entryLine, type FileHeader, headerLine } from '../../domain/ledger/tree/ledger-file.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';
import { anchorsOf, report, type Trust } from './check-ledger-file.ts';

type Client = Parameters<Parameters<typeof withConnection>[1]>[0];

/** Checks every entry of the ledger. `since`: the head that an earlier check ended with, or the file with a checkpoint. */
export async function verify(
  command: CliCommand,
  { since: from, ...trusted }: Omit<Trust, 'since'> & { readonly since?: Head | string },
): Promise<void> {
  if (typeof from === 'object') return verifySince(command, from);
  const trust: Trust = { ...trusted, ...(from === undefined ? {} : { since: from }) };
  const { found, header, since } = await withLedger(command, async (client) => {
    const header = await headerOf(client);
    const opened = await anchorsOf(header, trust);
    if (opened.kind === 'broken') return { found: opened, header };
    const { anchors, since } = opened;
    return { found: await walkAll(client, anchors, since), header, since };
  });
  report(command, found, { header, hasPolicy: trust.policy !== undefined, since });
}

async function walkAll(
  client: Client,
  anchors: Anchors,
  since: Anchor | undefined,
): Promise<Verdict | Broken> {
  const begin = since
    ? await walkFrom(
        client,
        since.checkpoint,
        anchors.all.map(({ checkpoint }) => checkpoint),
      )
    : START;
  if (begin.kind === 'broken') return begin;
  let walk = begin;
  for await (const entry of readAll(client, walk.head.seq + 1)) {
    const next = walkOn(walk, entry, anchors);
    if (next.kind === 'broken') return next;
    walk = next;
  }
  return concludeWalk(walk, anchors);
}

async function verifySince(command: CliCommand, since: Head): Promise<void> {
  const check = await withLedger(command, (client) => verifyLedger(client, since));
  print(command, check, () => checkText(check, since));
  if (check.kind === 'broken') command.io.exitCode = 1;
}

function checkText(check: ChainCheck, since: Head): string {
  if (check.kind === 'broken') return `Broken at entry ${check.seq}: ${exactLine(check.reason)}`;
  const { seq, hash } = check.head;
  return `Intact: entry ${since.seq} is as it was, and ${seq - since.seq} are new.
Head    ${seq}:${hash}
Keep the head elsewhere, and give it with --since next time: a chain by itself does not show that its tail was cut.`;
}

/** Writes all entries to a file. */
export const exportLedger = (command: CliCommand, out: string): Promise<void> =>
  withLedger(command, async (client) => {
    const header = await headerOf(client);
    const lines = async function* () {
      yield headerLine(header);
      for await (const entry of readAll(client)) yield entryLine(readable(entry));
    };
    const count = await write(out, lines());
    print(
      command,
      { entries: count, file: out },
      () => `${count} entries are in ${out}. ${CHECK_WITH} ${out}`,
    );
  });

/** Writes the entries about an action to a file, each with the proof that it is in the ledger. */
export const proveToFile = (command: CliCommand, action: string, out: string): Promise<void> =>
  withLedger(command, async (client) => {
    const proof = await proveAction(client, action);
    switch (proof.kind) {
      case 'nothing':
        throw new CommandError(`the ledger has no entry about ${action}`);
      case 'notYet':
        throw new CommandError(
          `entry ${proof.seq} is in no checkpoint yet: a worker signs one each minute; try again in a minute`,
        );
      case 'broken':
        throw new CommandError(`the ledger is broken: ${exactLine(proof.reason)}; ${SEE_VERIFY}`);
      case 'proof': {
        const count = await write(out, proof.lines);
        print(
          command,
          { action, entries: count, file: out },
          () => `${count} entries about ${action} are in ${out}. ${CHECK_WITH} ${out}`,
        );
      }
    }
  });

const SEE_VERIFY = 'see "countersign ledger verify"';
const CHECK_WITH = 'Check it on any machine: countersign ledger check';

/** Reads the ledger. What the person at the terminal can correct stays an error of the command. */
async function withLedger<T>(command: CliCommand, use: (client: Client) => Promise<T>): Promise<T> {
  const result = await withConnection(databaseUrl(command.io.env), (client) =>
    use(client).catch((error) => {
      if (error instanceof CommandError) return error;
      throw error;
    }),
  );
  if (result instanceof CommandError) throw result;
  return result;
}

async function headerOf(client: Client): Promise<FileHeader> {
  const stored = await readCheckpoint(client);
  return { kind: 'ledger', ...(stored && { log: stored.vkey, checkpoint: stored.note }) };
}

function readable(entry: ReadEntry): CheckedEntry {
  if (entry.kind === 'unreadable')
    throw new CommandError(`the ledger is broken: ${exactLine(entry.body.reason)}; ${SEE_VERIFY}`);
  return entry;
}

/** Writes a file line by line, no faster than the disk takes them. @returns how many entries it has: the first line is none */
async function write(file: string, lines: Iterable<string> | AsyncIterable<string>): Promise<number> {
  const out = createWriteStream(file, { flags: 'wx', mode: 0o600 });
  await once(out, 'open').catch((error: Error) => {
    throw new CommandError(`${file} cannot be written: ${error.message}`);
  });
  let count = -1;
  for await (const line of lines) {
    count += 1;
    if (!out.write(line)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return count;
}
