import { exactLine } from '../../domain/shared/visible.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

export interface Found {
  readonly regressed?: true;
  readonly rollbackWrong?: true;
}

/** Reports what a person found after an action was over. */
export async function report(
  command: CliCommand,
  actionId: string,
  { regressed, rollbackWrong, key, reason }: Found & Signing,
): Promise<void> {
  if (regressed === rollbackWrong) throw new CommandError('name one of --regressed and --rollback-wrong');
  const found = regressed ? 'regressed' : 'rollbackWrong';
  const result = await handIn(command, key, { kind: 'report', actionId, found, reason });
  print(command, result, () =>
    exactLine(
      `${actionId} is reported. "countersign show ${actionId}" tells it, and "countersign tune" learns from it.`,
    ),
  );
}
