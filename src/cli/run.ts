import { createRequire } from 'node:module';
import { CommanderError, Help } from 'commander';
import { visible } from '../domain/shared/visible.ts';
import { CliCommand, type Io } from './cli-command.ts';
import { EXIT_STATUSES } from './exit-statuses.ts';
import { adviseUsage } from './usage/advise.ts';
import { answerUsage } from './usage/answer.ts';
import { cancelUsage } from './usage/cancel.ts';
import { checkUsage } from './usage/check.ts';
import { contextUsage } from './usage/context.ts';
import { decideUsage } from './usage/decide.ts';
import { delegateUsage } from './usage/delegate.ts';
import { devUsage } from './usage/dev.ts';
import { exerciseUsage } from './usage/exercise.ts';
import { explainUsage } from './usage/explain.ts';
import { gatewayUsage } from './usage/gateway.ts';
import { grantUsage } from './usage/grant.ts';
import { holdUsage } from './usage/hold.ts';
import { importUsage } from './usage/import.ts';
import { initUsage } from './usage/init.ts';
import { keysUsage } from './usage/keys.ts';
import { ledgerUsage } from './usage/ledger.ts';
import { listUsage } from './usage/list.ts';
import { lostUsage } from './usage/lost.ts';
import { mcpUsage } from './usage/mcp.ts';
import { mcpProxyUsage } from './usage/mcp-proxy.ts';
import { migrateUsage } from './usage/migrate.ts';
import { practiceUsage } from './usage/practice.ts';
import { proposeUsage } from './usage/propose.ts';
import { replayUsage } from './usage/replay.ts';
import { reportUsage } from './usage/report.ts';
import { rollbackUsage } from './usage/rollback.ts';
import { ruleUsage } from './usage/rule.ts';
import { showUsage } from './usage/show.ts';
import { simulateUsage } from './usage/simulate.ts';
import { standingUsage } from './usage/standing.ts';
import { temporalAuthUsage } from './usage/temporal-auth.ts';
import { tuneUsage } from './usage/tune.ts';
import { verdictUsage } from './usage/verdict.ts';
import { watchUsage } from './usage/watch.ts';
import { witnessUsage } from './usage/witness.ts';
import { workerUsage } from './usage/worker.ts';

const exitStatuses = Object.entries(EXIT_STATUSES)
  .map(([status, meaning]) => `${status} ${meaning}`)
  .join(', ');

const { version } = createRequire(import.meta.url)('../../package.json');

/**
 * Runs `countersign` with these arguments. Only the usage of the commands is loaded at once. Each command loads what it works with
 * itself, so that no other command waits for it.
 *
 * @param io gets the output and the exit status
 */
export async function run(args: readonly string[], io: Io): Promise<void> {
  const program = programWith(io);
  try {
    await program.parseAsync(args, { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && (/help|version/.test(error.code) || !program.opts().json)) {
      // Commander has already written the message.
      io.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    // This module knows the errors of Temporal and PostgreSQL, so it is loaded only for errors.
    const { exitStatusOf, messageOf } = await import('./exit-status.ts');
    io.stderr.write(`${visible(messageOf(error, program.opts()))}\n`);
    io.exitCode = exitStatusOf(error);
  }
}

function programWith(io: Io): CliCommand {
  const program = new CliCommand(io, 'countersign')
    .description('Durable approval and escalation for what AI agents do to production.')
    .version(version)
    .option('--json', 'answer in JSON')
    .option(
      '--address <host:port>',
      'Temporal frontend (TEMPORAL_ADDRESS)',
      io.env.TEMPORAL_ADDRESS ?? '127.0.0.1:7233',
    )
    .option(
      '--namespace <name>',
      'Temporal namespace (TEMPORAL_NAMESPACE)',
      io.env.TEMPORAL_NAMESPACE ?? 'default',
    )
    .option(
      '--for <installation>',
      'the installation that you sign for, as its countersign.yaml names it (COUNTERSIGN_FOR)',
      io.env.COUNTERSIGN_FOR ?? '',
    )
    .addHelpText(
      'after',
      `\nTemporal is reached with the token in TEMPORAL_API_KEY, and then over TLS unless TEMPORAL_TLS is false.\nExit status: ${exitStatuses}.`,
    )
    .configureHelp({
      showGlobalOptions: true,
      // An empty default is not worth showing.
      optionDescription: (option) =>
        option.defaultValue === '' ? option.description : new Help().optionDescription(option),
    })
    // With --json, Commander's errors are written below, as JSON like all others.
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
      outputError: (text, write) => program.opts().json || write(text),
    })
    .exitOverride();
  for (const add of [
    initUsage,
    checkUsage,
    ruleUsage,
    importUsage,
    watchUsage,
    keysUsage,
    proposeUsage,
    decideUsage,
    answerUsage,
    cancelUsage,
    showUsage,
    explainUsage,
    verdictUsage,
    listUsage,
    standingUsage,
    adviseUsage,
    tuneUsage,
    simulateUsage,
    replayUsage,
    grantUsage,
    holdUsage,
    delegateUsage,
    lostUsage,
    reportUsage,
    rollbackUsage,
    ledgerUsage,
    contextUsage,
    migrateUsage,
    temporalAuthUsage,
    workerUsage,
    gatewayUsage,
    witnessUsage,
    mcpUsage,
    mcpProxyUsage,
    devUsage,
    exerciseUsage,
    practiceUsage,
  ]) {
    add(program);
  }
  return program;
}
