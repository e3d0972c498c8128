import { InvalidArgumentError } from 'commander';
import type { Head } from '../../domain/ledger/ledger.ts';
import type { CliCommand } from '../cli-command.ts';
import { wholeNumber } from '../whole-number.ts';

/** `countersign ledger`: what is recorded, and whether anybody changed it. For people who may read the ledger, for example auditors. */
export function ledgerUsage(program: CliCommand): void {
  const ledger = program
    .command('ledger')
    .description('work with the record of everything that was decided and done');

  ledger
    .command('rules')
    .description('show who changed the rules, and how (COUNTERSIGN_DATABASE_URL, of an auditor)')
    .option('--limit <number>', 'how many changes at most, the newest first', wholeNumber, 10)
    .action(async ({ limit }: { limit: number }, command: CliCommand) => {
      const { listRulesChanges } = await import('../commands/rules-changes.ts');
      await listRulesChanges(command, limit);
    });

  ledger
    .command('verify')
    .description('check every entry of the ledger (COUNTERSIGN_DATABASE_URL, of an auditor)')
    .option(
      '--since <seq:hash>',
      'the head of an earlier check: check that it still exists, and then only later entries',
      headOf,
    )
    .addHelpText('after', '\nExit status: 0 the ledger is intact, 1 it is broken.')
    .action(async ({ since }: { since?: Head }, command: CliCommand) => {
      const { verify } = await import('../commands/ledger.ts');
      await verify(command, since);
    });
}

function headOf(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Write it as the check did: the number of the entry, ":" and its hash.');
  return { seq: Number(seq), hash };
}
