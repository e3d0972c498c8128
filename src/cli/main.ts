#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command, CommanderError, Help } from 'commander';
import { visible } from '../domain/shared/visible.ts';
import { answerCommand } from './commands/answer.ts';
import { cancelCommand } from './commands/cancel.ts';
import { checkCommand } from './commands/check.ts';
import { decideCommand } from './commands/decide.ts';
import { delegateCommand } from './commands/delegate.ts';
import { devCommand } from './commands/dev.ts';
import { explainCommand } from './commands/explain.ts';
import { gatewayCommand } from './commands/gateway.ts';
import { grantCommand } from './commands/grant.ts';
import { holdCommand } from './commands/hold.ts';
import { initCommand } from './commands/init.ts';
import { keysCommand } from './commands/keys.ts';
import { ledgerCommand } from './commands/ledger.ts';
import { listCommand } from './commands/list.ts';
import { lostCommands } from './commands/lost.ts';
import { migrateCommand } from './commands/migrate.ts';
import { proposeCommand } from './commands/propose.ts';
import { ruleCommand } from './commands/rule.ts';
import { showCommand } from './commands/show.ts';
import { standingCommand } from './commands/standing.ts';
import { temporalAuthCommand } from './commands/temporal-auth.ts';
import { workerCommand } from './commands/worker.ts';
import { EXIT_STATUSES, exitStatusOf, messageOf } from './exit-status.ts';

const { version } = createRequire(import.meta.url)('../../package.json');

const exitStatuses = Object.entries(EXIT_STATUSES)
  .map(([status, meaning]) => `${status} ${meaning}`)
  .join(', ');

const program = new Command('countersign')
  .description('Durable approval and escalation for what AI agents do to production.')
  .version(version)
  .option('--json', 'answer in JSON')
  .option(
    '--address <host:port>',
    'Temporal frontend (TEMPORAL_ADDRESS)',
    process.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
  )
  .option(
    '--namespace <name>',
    'Temporal namespace (TEMPORAL_NAMESPACE)',
    process.env.TEMPORAL_NAMESPACE ?? 'default',
  )
  .option(
    '--for <installation>',
    'the installation that you sign for, as its countersign.yaml names it (COUNTERSIGN_FOR)',
    process.env.COUNTERSIGN_FOR ?? '',
  )
  .addHelpText(
    'after',
    `\nTemporal is reached with the token in TEMPORAL_API_KEY, and then over TLS unless TEMPORAL_TLS is false.\nExit status: ${exitStatuses}.`,
  )
  .configureHelp({
    showGlobalOptions: true,
    // An option that is not given has no default worth telling.
    optionDescription: (option) =>
      option.defaultValue === '' ? option.description : new Help().optionDescription(option),
  })
  // With --json its errors are written below, as JSON like all others.
  .configureOutput({ outputError: (text, write) => program.opts().json || write(text) })
  .exitOverride();

for (const add of [
  initCommand,
  checkCommand,
  ruleCommand,
  keysCommand,
  proposeCommand,
  decideCommand,
  answerCommand,
  cancelCommand,
  showCommand,
  explainCommand,
  listCommand,
  standingCommand,
  grantCommand,
  holdCommand,
  delegateCommand,
  lostCommands,
  ledgerCommand,
  migrateCommand,
  temporalAuthCommand,
  workerCommand,
  gatewayCommand,
  devCommand,
]) {
  add(program);
}

try {
  await program.parseAsync();
} catch (error) {
  const written =
    error instanceof CommanderError && (/help|version/.test(error.code) || !program.opts().json);
  if (!written) process.stderr.write(`${visible(messageOf(error, program.opts()))}\n`);
  process.exitCode = exitStatusOf(error);
}
