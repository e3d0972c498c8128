import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Asked } from '../commands/watch.ts';

/** `countersign watch try`: how often the watch of an action type would have taken back an action where nothing was done. */
export function watchUsage(program: CliCommand): void {
  program
    .command('watch')
    .description('measure the watch of an action type')
    .command('try')
    .description(
      'replay a watch on the past of its sources, at moments at which nothing was done: how often it would have rolled back; starts nothing',
    )
    .requiredOption('--action-type <name>', 'the action type whose watch is tried')
    .requiredOption('--target <service>', 'the service that it is tried on')
    .option('--environment <name>', 'the environment', 'production')
    .option('--over <duration>', 'how much of the past is read, up to now, such as 14d', past, past('14d'))
    .option(
      '--installation <folder>',
      'the installation (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .action(async (options: Asked, command: CliCommand) => {
      const { tryOnPast } = await import('../commands/watch.ts');
      await tryOnPast(command, options);
    });
}

const UNIT_MS = { m: 60_000, h: 3_600_000, d: 24 * 3_600_000 };

/** A length of time, in milliseconds. */
function past(text: string): number {
  const [, amount, unit] = /^([1-9]\d{0,4})([mhd])$/.exec(text) ?? [];
  if (amount === undefined || (unit !== 'm' && unit !== 'h' && unit !== 'd'))
    throw new InvalidArgumentError('It must be a length of time, such as 14d, 12h or 90m.');
  return Number(amount) * UNIT_MS[unit];
}
