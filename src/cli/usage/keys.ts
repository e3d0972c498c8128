import type { CliCommand } from '../cli-command.ts';
import type { Wanted } from '../commands/keys.ts';

/**
 * `countersign keys`: a person, or an agent, makes their signing key; only its public half ever leaves them. With
 * `--gateway`, the key that a gateway signs decisions with.
 */
export function keysUsage(program: CliCommand): void {
  program
    .command('keys')
    .description('make the Ed25519 signing key of a person or an agent, or with --gateway of a gateway')
    .argument('[name]', "the person's, or the agent's, name in the catalog")
    .requiredOption(
      '--out <file>',
      'where the private key goes (created, never overwritten, readable by you alone)',
    )
    .option('--catalog <file>', 'catalog file in which to enter the public key')
    .option('--gateway', 'make the key of a gateway instead')
    .option('--replaces <file>', "with --gateway: the gateway's key until now, whose secret is kept")
    .action(async (name: string | undefined, options: Wanted, command: CliCommand) => {
      const { keys } = await import('../commands/keys.ts');
      await keys(command, name, options);
    });
}
