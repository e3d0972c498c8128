import type { CliCommand } from '../cli-command.ts';
import type { Erasing } from '../commands/context.ts';

/** `countersign context`: what agents knew when they proposed. */
export function contextUsage(program: CliCommand): void {
  const context = program
    .command('context')
    .description('what agents knew when they proposed (COUNTERSIGN_DATABASE_URL, of the owner)');
  context
    .command('erase')
    .description('erase contexts for good; the ledger keeps their digests')
    .option('--action <id>', 'of this action')
    .option('--older-than <time>', 'all that were kept before: 90d, 12h, or a time such as 2026-09-01T00:00Z')
    .action(async (options: Erasing, command: CliCommand) => {
      const { erase } = await import('../commands/context.ts');
      await erase(command, options);
    });
  context
    .command('key')
    .description('write the key with which "countersign replay" reads contexts')
    .requiredOption('--out <file>', 'the file (created, never overwritten, readable only by you)')
    .action(async ({ out }: { out: string }, command: CliCommand) => {
      const { writeKey } = await import('../commands/context.ts');
      await writeKey(command, out);
    });
}
