import { InvalidArgumentError } from 'commander';
import type { Head } from '../../domain/ledger/ledger.ts';
import type { CliCommand } from '../cli-command.ts';

/** `countersign ledger verify`: whether anybody changed what is recorded. For people who may read the ledger, for example auditors. */
export function ledgerUsage(program: CliCommand): void {
  program
    .command('ledger')
    .description('work with the record of everything that was decided and done')
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
