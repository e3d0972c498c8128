import type { CliCommand } from '../cli-command.ts';
import type { TuneOptions } from '../commands/tune.ts';

/** `countersign tune`: what past actions say about watches, and what to change. */
export function tuneUsage(program: CliCommand): void {
  program
    .command('tune')
    .description(
      'show how right watches were, and suggest tighter limits or longer watches, with the evidence',
    )
    .argument(
      '[folder]',
      'the installation (COUNTERSIGN_INSTALLATION)',
      program.io.env.COUNTERSIGN_INSTALLATION ?? '.',
    )
    .option('--days <days>', 'how far back to look', '90')
    .option('--apply', 'write what is tighter into the files; what is looser stays for their owner')
    .action(async (folder: string, options: TuneOptions, command: CliCommand) => {
      const { tune } = await import('../commands/tune.ts');
      await tune(command, folder, options);
    });
}
