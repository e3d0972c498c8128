import type { CliCommand } from './cli-command.ts';

/** The options of every command that signs an order. */
export interface Signing {
  readonly key: string;
  readonly reason: string;
}

/** Adds the options of every command that signs an order. */
export const signing = (command: CliCommand): CliCommand =>
  command
    .option(
      '--key <file>',
      'your key file, made by "countersign keys" (COUNTERSIGN_KEY)',
      command.io.env.COUNTERSIGN_KEY ?? '',
    )
    .option('--reason <text>', 'why; the ledger keeps it', '');

/** The installation that a person says they sign for; empty when they name none. */
export const signsFor = (command: CliCommand): string => command.optsWithGlobals<{ for: string }>().for;
