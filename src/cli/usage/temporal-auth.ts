import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { Key, Token } from '../commands/temporal-auth.ts';

const MOST_DAYS = 3650;

/** `countersign temporal-auth`: the key and the tokens with which a Temporal server of one's own knows who may do what. */
export function temporalAuthUsage(program: CliCommand): void {
  const auth = program
    .command('temporal-auth')
    .description('make the key and the tokens by which a Temporal server of your own knows who may do what');

  auth
    .command('key')
    .description(
      'make the key that tokens are signed with, and add its public half to the set that the server reads',
    )
    .requiredOption(
      '--out <file>',
      'where the private key goes (created, never overwritten, readable by you alone)',
    )
    .requiredOption('--jwks <file>', 'the set of public keys (TEMPORAL_JWT_KEY_SOURCE1); made, or added to')
    .action(async (options: Key, command: CliCommand) => {
      const { makeKey } = await import('../commands/temporal-auth.ts');
      await makeKey(command, options);
    });

  auth
    .command('token')
    .description('sign a token, for TEMPORAL_API_KEY')
    .argument('<subject>', 'whose it is, such as worker or grace: it is in the logs of the server')
    .requiredOption('--key <file>', 'the private key, from "countersign temporal-auth key"')
    .requiredOption(
      '--permit <namespace:role...>',
      'what it permits: read, write or admin in a namespace, such as countersign:write; in all with temporal-system:read',
    )
    .option('--days <number>', `how long it counts, up to ${MOST_DAYS}`, daysIn, 365)
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
