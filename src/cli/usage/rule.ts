import { InvalidArgumentError } from 'commander';
import type { Level } from '../../domain/action/autonomy-level.ts';
import type { CliCommand } from '../cli-command.ts';
import type { Asked } from '../commands/rule.ts';

/** `countersign rule`: how an action would be ruled, and why. Starts nothing and asks no server, metric or ledger. */
export function ruleUsage(program: CliCommand): void {
  program
    .command('rule')
    .description('dry run: print how a proposal would be ruled, and why; starts nothing, needs no server')
    .requiredOption('--file <file>', 'the proposal as JSON, "-" for standard input')
    .option(
      '--installation <folder>',
      'the installation (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--at <time>', 'rule as at this time, such as 2026-12-24T03:47Z; default: now', moment)
    .option('--level <n>', 'as if the agent had this level, 0 to 3', level)
    .action(async (options: Asked, command: CliCommand) => {
      const { rule } = await import('../commands/rule.ts');
      await rule(command, options);
    });
}

function moment(text: string): number {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (Number.isNaN(at))
    throw new InvalidArgumentError('It must be a time with its zone, such as 2026-12-24T03:47Z.');
  return at;
}

function level(text: string): Level {
  const parsed = ([0, 1, 2, 3] as const).find((candidate) => String(candidate) === text);
  if (parsed === undefined) throw new InvalidArgumentError('It must be 0, 1, 2 or 3.');
  return parsed;
}
