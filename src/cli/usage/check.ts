import { Option } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import { MATRIX_FORMATS, type MatrixFormat } from '../matrix-format.ts';

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
    .action(async (folder: string, { matrix }: { matrix?: MatrixFormat }, command: CliCommand) => {
      const { check } = await import('../commands/check.ts');
      await check(command, folder, matrix);
    });
}
