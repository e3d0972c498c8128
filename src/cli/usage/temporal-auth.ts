import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Key, Token } from '../commands/temporal-auth.ts';

const MOST_DAYS = 3650;

/** `countersign temporal-auth`: the key and the tokens by which one's own Temporal server decides who may do what. */
export function temporalAuthUsage(program: CliCommand): void {
  const auth = program
    .command('temporal-auth')
    .description('make the key and the tokens for a Temporal server that you run');

  auth
    .command('key')
    .description('make the key that signs tokens, and add its public half to the key set of the server')
    .requiredOption(
      '--out <file>',
      'file for the private key (created, never overwritten, readable only by you)',
    )
    .requiredOption(
      '--jwks <file>',
      'file with the set of public keys (TEMPORAL_JWT_KEY_SOURCE1); created, or extended',
    )
    .action(async (options: Key, command: CliCommand) => {
      const { makeKey } = await import('../commands/temporal-auth.ts');
      await makeKey(command, options);
    });

  auth
    .command('token')
    .description('sign a token, for TEMPORAL_API_KEY')
    .argument('<subject>', 'name of the holder, such as worker or grace; the logs of the server show it')
    .requiredOption('--key <file>', 'the private key, from "countersign temporal-auth key"')
    .requiredOption(
      '--permit <namespace:role...>',
      'permission: read, write or admin in a namespace, such as countersign:write; temporal-system:read for all namespaces',
    )
    .option('--days <number>', `days until it expires, up to ${MOST_DAYS}`, daysIn, 365)
    .action(async (subject: string, options: Token, command: CliCommand) => {
      const { makeToken } = await import('../commands/temporal-auth.ts');
      await makeToken(command, subject, options);
    });
}

function daysIn(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS)
    throw new InvalidArgumentError(`must be a whole number from 1 to ${MOST_DAYS}.`);
  return days;
}
