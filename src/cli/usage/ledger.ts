import { InvalidArgumentError } from 'commander';
import type { Head } from '../../domain/ledger/ledger.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Trust } from '../commands/check-ledger-file.ts';
import type { Erasing } from '../commands/erase.ts';
import { type Signing, signing } from '../signing-options.ts';
import { wholeNumber } from '../whole-number.ts';

/** `countersign ledger`: what is recorded, for people who do not have to believe us. */
export function ledgerUsage(program: CliCommand): void {
  const ledger = program
    .command('ledger')
    .description(
      'prove what was decided and done, check it, and erase what must go (COUNTERSIGN_DATABASE_URL, of an auditor)',
    );
  withTrust(
    ledger
      .command('verify')
      .description('check every entry of the ledger, its chain, its tree and its newest checkpoint')
      .option(
        '--since <file|seq:hash>',
        'a file with a checkpoint, or the head of an earlier check: check that it still holds, and then only later entries',
        startOf,
      ),
  )
    .addHelpText(
      'after',
      '\nExit status: 0 the ledger is intact, 1 it is broken, or fewer witnesses saw it than the policy asks for.',
    )
    .action(async (options: Omit<Trust, 'since'> & { since?: Head | string }, command: CliCommand) => {
      const { verify } = await import('../commands/ledger.ts');
      await verify(command, options);
    });
  ledger
    .command('reconcile')
    .description(
      'hold the ledger, Temporal and the governed systems against each other, action by action; a worker does it',
    )
    .argument('[action]', 'id of one action')
    .option('--days <number>', 'without an action: how far back to look', wholeNumber, 7)
    .addHelpText('after', '\nExit status: 0 nothing differs, 1 something does.')
    .action(async (action: string | undefined, { days }: { days: number }, command: CliCommand) => {
      const { reconcileLedger } = await import('../commands/reconcile-ledger.ts');
      await reconcileLedger(command, action, days);
    });
  ledger
    .command('rules')
    .description('show who changed the rules, and how')
    .option('--limit <number>', 'how many changes at most, the newest first', wholeNumber, 10)
    .action(async ({ limit }: { limit: number }, command: CliCommand) => {
      const { listRulesChanges } = await import('../commands/rules-changes.ts');
      await listRulesChanges(command, limit);
    });
  ledger
    .command('export')
    .description('write the whole ledger as one file, which "ledger check" checks on any machine')
    .requiredOption('--out <file>', 'the file (created, never overwritten)')
    .action(async ({ out }: { out: string }, command: CliCommand) => {
      const { exportLedger } = await import('../commands/ledger.ts');
      await exportLedger(command, out);
    });
  ledger
    .command('prove')
    .description(
      'write the entries about one action as one file, with a proof for each that it is in the ledger',
    )
    .argument('<action>', 'id of the action')
    .requiredOption('--out <file>', 'the file (created, never overwritten)')
    .action(async (action: string, { out }: { out: string }, command: CliCommand) => {
      const { proveToFile } = await import('../commands/ledger.ts');
      await proveToFile(command, action, out);
    });
  withTrust(
    ledger
      .command('check')
      .description('check a file of "ledger export" or "ledger prove": needs no network and no database')
      .argument('<file>', 'the file'),
  )
    .addHelpText(
      'after',
      '\nExit status: 0 it is intact, 1 it is broken, or fewer witnesses saw it than the policy asks for.',
    )
    .action(async (file: string, options: Trust, command: CliCommand) => {
      const { checkFile } = await import('../commands/check-ledger-file.ts');
      await checkFile(command, file, options);
    });
  erasingUsage(ledger);
}

function erasingUsage(ledger: CliCommand): void {
  signing(ledger.command('erase'))
    .description('have erased what entries say. Who, why and which entries stays in the ledger for ever')
    .argument('<subject>', 'what the entries are about: the id of an action, standing/AGENT ...')
    .option('--entries <numbers>', 'their numbers, separated by commas', entryNumbers)
    .option(
      '--containing <text>',
      'all about it that have this text in them; "-" reads it from standard input (COUNTERSIGN_DATABASE_URL, of an auditor)',
    )
    .option('--yes', 'sign without asking')
    .action(async (subject: string, options: Erasing & Signing, command: CliCommand) => {
      const { erase } = await import('../commands/erase.ts');
      await erase(command, subject, options);
    });

  const legalHold = signing(ledger.command('legal-hold'))
    .description('keep entries from being erased, until the legal hold is ended. It stops no action')
    .argument('[subject]', 'what the entries are about: the id of an action, standing/AGENT ...')
    .option('--everything', 'all entries, also those to come')
    .action(
      async (subject: string | undefined, options: { everything?: true } & Signing, command: CliCommand) => {
        const { placeLegalHold } = await import('../commands/erase.ts');
        await placeLegalHold(command, { ...options, ...(subject === undefined ? {} : { subject }) });
      },
    );
  signing(legalHold.command('end'))
    .description('end a legal hold')
    .argument('<legal-hold>', 'its id, from "countersign ledger legal-hold list"')
    .action(async (id: string, _options: Signing, command: CliCommand) => {
      const { endLegalHold } = await import('../commands/erase.ts');
      // "legal-hold" has the same options, and Commander gives it the options that are written behind "end" too.
      await endLegalHold(command, id, command.optsWithGlobals<Signing>());
    });
  legalHold
    .command('list')
    .description('list the legal holds, the oldest first (COUNTERSIGN_DATABASE_URL, of an auditor)')
    .action(async (_options: object, command: CliCommand) => {
      const { listLegalHolds } = await import('../commands/erase.ts');
      await listLegalHolds(command);
    });
}

function entryNumbers(text: string): number[] {
  const numbers = text.split(',').map((part) => part.trim());
  if (!numbers.every((part) => /^[1-9]\d{0,14}$/.test(part)))
    throw new InvalidArgumentError('Write the numbers of entries with commas between them: 1824,1830.');
  return numbers.map(Number);
}

const withTrust = (command: CliCommand): CliCommand =>
  command
    .option('--policy <file>', 'whose keys to trust, and how many witnesses to ask for (C2SP tlog-policy)')
    .option(
      '--checkpoint <file>',
      'a file with checkpoints that you or a witness kept, or a mail with one: the ledger must agree with all of them',
    );

/** Where a check begins: at a head, or at the checkpoint in a file. */
function startOf(text: string): Head | string {
  if (!/^\d+:/.test(text)) return text;
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError(
      'Name a file with a checkpoint, or write the head as the check did: the number of the entry, ":" and its hash.',
    );
  return { seq: Number(seq), hash };
}
