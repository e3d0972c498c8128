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
  const done = await handIn(command, key, { kind, actionId, reason });
  print(command, done, () =>
    done.kind === 'lostEnded'
      ? exactLine(`${actionId} ended ${done.outcome.kind}: ${done.outcome.reason}.`)
      : done.kind,
  );
}
