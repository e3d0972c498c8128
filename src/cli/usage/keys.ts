import type { CliCommand } from '../cli-command.ts';
import type { Wanted } from '../commands/keys.ts';

/**
 * `countersign keys`: a person, or an agent, makes their signing key; only its public half ever leaves them. With `--gateway`: the
 * key that a gateway signs decisions with.
 */
export function keysUsage(program: CliCommand): void {
  program
    .command('keys')
    .description('make an Ed25519 signing key for a person or an agent, or with --gateway for a gateway')
    .argument('[name]', 'name of the person or agent in the catalog')
    .requiredOption(
      '--out <file>',
      'file for the private key (created, never overwritten, readable only by you)',
    )
    .option('--catalog <file>', 'catalog file that gets the public key')
    .option('--gateway', 'make the key of a gateway instead')
    .option('--replaces <file>', 'with --gateway: the old key file, whose secret is kept')
    .action(async (name: string | undefined, options: Wanted, command: CliCommand) => {
      const { keys } = await import('../commands/keys.ts');
      await keys(command, name, options);
    });
}
