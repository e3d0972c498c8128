import type { Command } from 'commander';
import { exactLine } from '../../domain/shared/visible.ts';
import { handIn, type Signing, signing } from '../hand-in.ts';
import { print } from '../print.ts';

/** `countersign take-back` and `countersign release`: what becomes of an action whose workflow was ended from outside. */
export function lostCommands(program: Command): void {
  signing(program.command('take-back'))
    .description('roll back a lost action, with the rollback that was approved with it')
    .argument('<action>', 'action id, from "countersign list --status lost"')
    .action((actionId: string, options: Signing, command: Command) =>
      end(command, 'takeBack', actionId, options),
    );

  signing(program.command('release'))
    .description('keep the effect of a lost action, and release its target')
    .argument('<action>', 'action id')
    .action((actionId: string, options: Signing, command: Command) =>
      end(command, 'release', actionId, options),
    );
}

async function end(
  command: Command,
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
