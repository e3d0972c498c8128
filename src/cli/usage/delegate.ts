import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Delegated } from '../commands/delegate.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign delegate`: another person decides in one's place for a while; `delegate end` and `delegate list`. */
export function delegateUsage(program: CliCommand): void {
  const delegate = signing(program.command('delegate'))
    .description(
      'let another person decide in your place for some time; they get at once what you would be asked',
    )
    .option('--to <person>', 'who decides in your place', '')
    .option('--action-type <type>', 'only on actions of this type')
    .option('--service <service>', 'only on actions on this service')
    .option('--from <time>', 'such as 2026-12-24T08:00Z; default: now', moment)
    .option('--until <time>', 'such as 2027-01-02T08:00Z', moment)
    .action(async (options: Delegated, command: CliCommand) => {
      const { delegate } = await import('../commands/delegate.ts');
      await delegate(command, options);
    });

  signing(delegate.command('end'))
    .description('end a delegation: one of yours, or one by which you decide for somebody')
    .argument('<delegation>', 'its id, from "countersign delegate list"')
    .action(async (delegationId: string, _options: Signing, command: CliCommand) => {
      const { endDelegation } = await import('../commands/delegate.ts');
      // "delegate" has the same options, and Commander gives it the options that are written behind "end" too.
      await endDelegation(command, delegationId, command.optsWithGlobals<Signing>());
    });

  delegate
    .command('list')
    .description('list who decides in whose place, now or later')
    .action(async (_options: object, command: CliCommand) => {
      const { listDelegations } = await import('../commands/delegate.ts');
      await listDelegations(command);
    });
}

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('Write a time as 2026-12-24T08:00Z.');
  return at;
}
