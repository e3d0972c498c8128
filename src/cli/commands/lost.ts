import { exactLine } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

/** Orders what becomes of an action whose workflow was ended from outside. */
export async function endLost(
  command: CliCommand,
  kind: 'takeBack' | 'release',
  actionId: string,
  { key, reason }: Signing,
): Promise<void> {
  const result = await handIn(command, key, { kind, actionId, reason });
  print(command, result, () =>
    result.kind === 'lostEnded'
      ? exactLine(`${actionId} ended ${result.outcome.kind}: ${result.outcome.reason}.`)
      : result.kind,
  );
}
