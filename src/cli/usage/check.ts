import { Option } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import { MATRIX_FORMATS, type MatrixFormat } from '../matrix-format.ts';

interface CheckOptions {
  readonly matrix?: MatrixFormat;
  readonly against?: string;
}

/** `countersign check`: checks an installation's folder before it is used. */
export function checkUsage(program: CliCommand): void {
  program
    .command('check')
    .description("check an installation's folder; every fault is named with its file and line")
    .argument(
      '[folder]',
      'the installation (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .addOption(
      new Option('--matrix <format>', 'print who is responsible for what, and nothing else').choices(
        MATRIX_FORMATS,
      ),
    )
    .option(
      '--against <folder>',
      'prove that its policies permit nothing that those of this folder do not, or show what (needs the Cedar CLI)',
    )
    .addHelpText(
      'after',
      '\nExit status: 0 the folder is sound, 1 it is faulty. With --against: 0 proved, 4 something is looser, 5 not known.',
    )
    .action(async (folder: string, { matrix, against }: CheckOptions, command: CliCommand) => {
      if (against !== undefined) {
        const { checkAgainst } = await import('../commands/check-against.ts');
        return checkAgainst(command, folder, against);
      }
      const { check } = await import('../commands/check.ts');
      await check(command, folder, matrix);
    });
}
