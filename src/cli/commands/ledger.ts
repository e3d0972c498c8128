import { withConnection } from '../../adapters/postgres/connection.ts';
import { verifyLedger } from '../../adapters/postgres/verify.ts';
import { exactLine } from '../../briefing/text.ts';
import type { ChainCheck, Head } from '../../domain/ledger/ledger.ts';
import type { CliCommand } from '../cli-command.ts';
import { databaseUrl } from '../database-url.ts';
import { print } from '../print.ts';

/** Checks every entry of the ledger. @param since the head that an earlier check ended with */
export async function verify(command: CliCommand, since?: Head): Promise<void> {
  const check = await withConnection(databaseUrl(command.io.env), (client) => verifyLedger(client, since));
  print(command, check, () => checkText(check, since));
  if (check.kind === 'broken') command.io.exitCode = 1;
}

function checkText(check: ChainCheck, since: Head | undefined): string {
  if (check.kind === 'broken') return `Broken at entry ${check.seq}: ${exactLine(check.reason)}`;
  const { seq, hash } = check.head;
  const extent = since ? `entry ${since.seq} is as it was, and ${seq - since.seq} are new` : `${seq} entries`;
  return `Intact: ${extent}.
Head    ${seq}:${hash}
Keep the head elsewhere, and give it with --since next time: a chain by itself does not show that its tail was cut.`;
}
