/**
 * Governed actions beside a bare Temporal workflow that has the same effects, and the gateway under load, on one server in
 * one run:
 *
 *     npm run bench -- [--quick] [--server production] [--report FILE]
 *
 * Or one thing alone: so many actions that wait at once, so many appends to the ledger, or a ledger of so many entries.
 *
 *     npm run bench -- --waiting 10000 [--server production] [--report FILE]
 *     npm run bench -- --appends 5000 [--report FILE]
 *     npm run bench -- --ledger 10000000 [--folder FOLDER] [--report FILE]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ServerNotStarted } from '../src/dev/server-process.ts';
import { runAppends } from './appends.ts';
import { renderAppends } from './appends-table.ts';
import { FULL, QUICK, runBenchmark } from './benchmark.ts';
import { OFTEN, runLedger } from './ledger.ts';
import { renderLedger } from './ledger-table.ts';
import { runManyWaiting } from './many-waiting.ts';
import { renderManyWaiting } from './many-waiting-table.ts';
import { renderTable } from './table.ts';
import { SERVER_KINDS, type ServerKind } from './temporal.ts';

const { values } = parseArgs({
  options: {
    report: { type: 'string' },
    quick: { type: 'boolean' },
    server: { type: 'string', default: 'development' },
    waiting: { type: 'string' },
    appends: { type: 'string' },
    ledger: { type: 'string' },
    folder: { type: 'string' },
  },
});
const progress = (line: string) => process.stderr.write(`${line}\n`);

async function run(): Promise<{ report: object; table: string; ok: boolean }> {
  const server = serverKind(values.server);
  if (values.waiting !== undefined) {
    const report = await runManyWaiting(count('waiting', values.waiting), server, progress);
    return { report, table: renderManyWaiting(report), ok: report.problems.length === 0 };
  }
  if (values.appends !== undefined) {
    const report = await runAppends(count('appends', values.appends), progress);
    return { report, table: renderAppends(report), ok: true };
  }
  if (values.ledger !== undefined) {
    const report = await runLedger(count('ledger', values.ledger), OFTEN, progress, values.folder);
    return { report, table: renderLedger(report), ok: true };
  }
  const report = await runBenchmark(values.quick ? QUICK : FULL, server, progress);
  return { report, table: renderTable(report), ok: true };
}

function serverKind(given: string): ServerKind {
  const kind = SERVER_KINDS.find((name) => name === given);
  if (!kind) throw new Error(`--server ${given}: it is one of ${SERVER_KINDS.join(', ')}`);
  return kind;
}

function count(name: string, given: string): number {
  if (!/^[1-9]\d{0,7}$/.test(given)) throw new Error(`--${name} ${given}: it is a whole number from 1`);
  return Number(given);
}

const done = await run().catch((error: Error) => {
  // What is wrong with this machine, and what helps, is in the message.
  if (!(error instanceof ServerNotStarted)) throw error;
  progress(error.message);
  process.exit(1);
});
process.stdout.write(`${done.table}\n`);
if (values.report !== undefined) await writeFile(values.report, `${JSON.stringify(done.report, null, 2)}\n`);
if (!done.ok) process.exitCode = 1;
