import { type Command, InvalidArgumentError } from 'commander';
import { withConnection } from '../../adapters/postgres/connection.ts';
import { verifyLedger } from '../../adapters/postgres/verify.ts';
import { exactLine } from '../../briefing/text.ts';
import type { ChainCheck, Head } from '../../domain/ledger/ledger.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/** `countersign ledger verify`: whether anybody changed what is recorded. For whoever may read the ledger, such as an auditor. */
export function ledgerCommand(program: Command): void {
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
    .action(async ({ since }: { since?: Head }, command: Command) => {
      const check = await withConnection(databaseUrl(), (client) => verifyLedger(client, since));
      print(command, check, () => checkText(check, since));
      if (check.kind === 'broken') process.exitCode = 1;
    });
}

function checkText(check: ChainCheck, since: Head | undefined): string {
  if (check.kind === 'broken') return `Broken at entry ${check.seq}: ${exactLine(check.reason)}`;
  const { seq, hash } = check.head;
  const what = since ? `entry ${since.seq} is as it was, and ${seq - since.seq} are new` : `${seq} entries`;
  return `Intact: ${what}.
Head    ${seq}:${hash}
Keep the head elsewhere, and give it with --since next time: a chain by itself does not show that its tail was cut.`;
}

function headOf(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined)
    throw new InvalidArgumentError('Write it as the check did: the number of the entry, ":" and its hash.');
  return { seq: Number(seq), hash };
}
