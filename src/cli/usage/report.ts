import { InvalidArgumentError } from 'commander';
import type { CliCommand } from '../cli-command.ts';
import type { ComplianceOptions, MadeOptions } from '../commands/made-report.ts';
import type { Found } from '../commands/report.ts';
import { type Signing, signing } from '../signing-options.ts';

/** `countersign report`: what somebody found after an action was over; and below it, what the ledger shows of a time. */
export function reportUsage(program: CliCommand): void {
  const report = signing(program.command('report'))
    .description(
      'report what you found after an action was over: the watch missed something, or was wrong; or make a report of the ledger',
    )
    .argument('<action>', 'action id')
    .option('--regressed', 'it succeeded, and had regressed after all: its agent loses a level')
    .option('--rollback-wrong', 'it was rolled back, and nothing was wrong with it')
    .action(async (actionId: string, options: Found & Signing, command: CliCommand) => {
      const { report } = await import('../commands/report.ts');
      await report(command, actionId, options);
    });
  made(report.command('weekly'), '2026-W48')
    .description(
      'audit a week: violations, overdue reviews, changed rules and levels (COUNTERSIGN_DATABASE_URL, of an auditor)',
    )
    .action(async (options: MadeOptions, command: CliCommand) => {
      const { makeFromLedger } = await import('../commands/made-report.ts');
      await makeFromLedger(command, 'weekly', options);
    });
  made(report.command('monthly'), '2026-11')
    .description(
      'account for each action that touched production in a month (COUNTERSIGN_DATABASE_URL, of an auditor)',
    )
    .option(
      '--not-production <environment...>',
      'environments that serve no customers: what ran there is left out',
      [],
    )
    .action(async (options: MadeOptions, command: CliCommand) => {
      const { makeFromLedger } = await import('../commands/made-report.ts');
      await makeFromLedger(command, 'monthly', options);
    });
  report
    .command('compliance')
    .description(
      'say what meets which requirement, and what does not; with COUNTERSIGN_DATABASE_URL also what the ledger has of it',
    )
    .option('--html <file>', 'write it as a page too, which your browser can print')
    .action(async (options: ComplianceOptions, command: CliCommand) => {
      const { complianceReport } = await import('../commands/made-report.ts');
      await complianceReport(command, options);
    });
}

const made = (command: CliCommand, example: string): CliCommand =>
  command
    .option(
      '--period <name>',
      `the time that it is about, such as ${example}; the last one that is over without it`,
    )
    .option(
      '--time-zone <name>',
      'the place by whose clocks it begins and ends, such as Europe/Berlin',
      'UTC',
    )
    .option(
      '--size <entries>',
      'make it from the first entries of the ledger alone, as an earlier report was',
      sizeOf,
    )
    .option('--html <file>', 'write it as a page too, which your browser can print');

function sizeOf(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new InvalidArgumentError('It must be a number of entries, as a report says it.');
  return Number(text);
}
