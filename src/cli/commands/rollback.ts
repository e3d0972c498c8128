import { exactLine } from '../../domain/shared/visible.ts';
import { answered } from '../answered.ts';
import type { CliCommand } from '../cli-command.ts';
import { CommandError } from '../command-error.ts';
import { connected } from '../connected.ts';
import { handIn } from '../hand-in.ts';
import { print } from '../print.ts';
import type { Signing } from '../signing-options.ts';

/** Asks to have an action taken back that succeeded. What the person signs names what ran by its digest. */
export async function rollback(
  command: CliCommand,
  actionId: string,
  { key, reason }: Signing,
): Promise<void> {
  const { digest } = await connected(command, (countersign) =>
    answered(countersign, () => countersign.takeBacks(actionId)),
  );
  if (digest === undefined)
    throw new CommandError(
      `${actionId} cannot be taken back afterwards: only an action that succeeded and has a rollback can. "countersign show ${actionId}" says how it stands`,
    );
  const result = await handIn(command, key, { kind: 'rollback', actionId, digest, reason });
  if (result.kind !== 'takeBackAsked') throw new Error(`it was answered as ${result.kind}`);
  const { by, person } = result;
  print(command, result, () =>
    [
      `${person} asked to have ${actionId} taken back. Other people decide about it, as ${by}.`,
      `"countersign show ${by}" says whom it waits for.`,
    ]
      .map(exactLine)
      .join('\n'),
  );
}
