import type { CliCommand } from '../cli-command.ts';
import type { Beginning } from '../template.ts';

/** `countersign init`: writes a small installation to begin with, which `check` accepts unchanged. */
export function initUsage(program: CliCommand): void {
  program
    .command('init')
    .description('write a small installation to begin with: sound as it stands, and it says what to change')
    .argument('<folder>', 'a folder that is not there yet, or is empty')
    .option('--name <name>', "what the installation is called; default: the folder's name")
    .option('--person <name>', 'you, who decide on what the agent asks for; default: ada')
    .option('--email <address>', 'where you are mailed; default: your name at example.com')
    .action(async (folder: string, options: Partial<Beginning>, command: CliCommand) => {
      const { init } = await import('../commands/init.ts');
      await init(command, folder, options);
    });
}
