import { text as readText } from 'node:stream/consumers';
import { readLedger } from '../../adapters/postgres/ledger.ts';
import { table } from '../../briefing/table.ts';
import { utc } from '../../briefing/text.ts';
import { entriesHolding } from '../../domain/ledger/erasure.ts';
import { keptBy, LEGAL_HOLDS, type LegalHoldScope, legalHoldsIn } from '../../domain/ledger/legal-hold.ts';
import { exactLine } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { confirmed } from '../confirmed.ts';
import { databaseUrl } from '../database-url.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

export interface Erasing {
  readonly entries?: readonly number[];
  readonly containing?: string;
  readonly yes?: true;
}

/** Has erased what entries of the ledger say. */
export async function erase(
  command: CliCommand,
  subject: string,
  { entries: named, containing, yes, key, reason }: Erasing & Signing,
): Promise<void> {
  const piece = containing === '-' ? (await readText(command.io.stdin)).trim() : containing;
  if ((named === undefined) === (piece === undefined))
    throw new CommandError('name the entries: with --entries, or with --containing a text that is in them');
  if (piece === '') throw new CommandError('the text of --containing is empty');
  if (piece !== undefined && reason.includes(piece))
    throw new CommandError('the reason has the text in it, and a reason is kept for ever: write another one');
  const entries = named ?? (await holding(command, subject, piece ?? ''));
  const which = `${entries.length === 1 ? 'entry' : 'entries'} ${entries.join(', ')} of the ledger, about ${subject}`;
  if (!yes && !(await confirmed(command.io, `What is said in ${which}, is erased for ever.`, 'Sign this?')))
    throw new CommandError('nothing was signed, and nothing was erased');
  const result = await handIn(command, key, { kind: 'erase', subject, entries, reason });
  print(command, result, () =>
    exactLine(`Erased: what was said in ${which}. docs/ledger.md says where else it may be.`),
  );
}

async function holding(command: CliCommand, subject: string, piece: string): Promise<number[]> {
  const entries = entriesHolding(await readLedger(databaseUrl(command.io.env), subject), piece);
  if (entries.length === 0) throw new CommandError(`no entry about ${subject} has this text in it`);
  return entries;
}

/** Places a legal hold: nothing that it covers can be erased. */
export async function placeLegalHold(
  command: CliCommand,
  { subject, everything, key, reason }: { subject?: string; everything?: true } & Signing,
): Promise<void> {
  if ((subject === undefined) === (everything === undefined))
    throw new CommandError('name what to keep: an action (or another subject of entries), or --everything');
  const scope: LegalHoldScope = subject === undefined ? { kind: 'everything' } : { kind: 'subject', subject };
  const result = await handIn(command, key, { kind: 'placeLegalHold', scope, reason });
  const id = String(Reflect.get(result, 'legalHoldId'));
  print(
    command,
    result,
    () => `${id} stands: nothing of it can be erased. To end it: countersign ledger legal-hold end ${id}`,
  );
}

/** Ends a legal hold. */
export async function endLegalHold(
  command: CliCommand,
  legalHoldId: string,
  { key, reason }: Signing,
): Promise<void> {
  const result = await handIn(command, key, { kind: 'endLegalHold', legalHoldId, reason });
  print(command, result, () => `${legalHoldId} has ended.`);
}

/** Lists the legal holds, the oldest first. */
export async function listLegalHolds(command: CliCommand): Promise<void> {
  const { standing, unreadable } = legalHoldsIn(await readLedger(databaseUrl(command.io.env), LEGAL_HOLDS));
  print(command, { standing, unreadable }, () =>
    [
      standing.length === 0
        ? 'Nothing is under legal hold.'
        : table([
            ['LEGAL HOLD', 'WHAT', 'SINCE', 'PLACED BY', 'REASON'],
            ...standing.map((hold) =>
              [hold.id, keptBy(hold), utc(hold.at), hold.person, hold.reason].map(exactLine),
            ),
          ]),
      ...unreadable.map((seq) => `Entry ${seq} cannot be read, so nothing can be erased.`),
    ].join('\n'),
  );
}
