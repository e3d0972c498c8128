import type { CliCommand } from '../cli-command.ts';
import type { WitnessSettings } from '../commands/witness.ts';

/** `countersign witness`: watches the ledgers of others. It needs no database and no Temporal. */
export function witnessUsage(program: CliCommand): void {
  program
    .command('witness')
    .description(
      'look whether ledgers of other installations go on from what was seen before, and cosign that',
    )
    .requiredOption('--state <folder>', 'where it keeps its key and what it saw; it must survive')
    .option(
      '--name <name>',
      'the name of its key, such as witness.example.com/east: needed at the first start',
    )
    .option(
      '--log <vkey...>',
      'a ledger to watch, by the verifier key that "countersign ledger verify" prints',
    )
    .option('--listen <host:port>', 'where it listens', '127.0.0.1:8484')
    .action(async (_options: unknown, command: CliCommand) => {
      const { witness } = await import('../commands/witness.ts');
      await witness(command, command.opts<WitnessSettings>());
    });
}
