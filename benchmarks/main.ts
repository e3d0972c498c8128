/**
 * Governed actions beside a bare Temporal workflow that has the same effects, and the gateway under load, on one server in
 * one run:
 *
 *     npm run bench -- [--quick] [--server production] [--report FILE]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { ServerNotStarted } from '../src/dev/server-process.ts';
import { FULL, QUICK, runBenchmark } from './benchmark.ts';
import { renderTable } from './table.ts';
import { SERVER_KINDS, type ServerKind } from './temporal.ts';

const { values } = parseArgs({
  options: {
    report: { type: 'string' },
    quick: { type: 'boolean' },
    server: { type: 'string', default: 'development' },
  },
});
const progress = (line: string) => process.stderr.write(`${line}\n`);

function serverKind(given: string): ServerKind {
  const kind = SERVER_KINDS.find((name) => name === given);
  if (!kind) throw new Error(`--server ${given}: it is one of ${SERVER_KINDS.join(', ')}`);
  return kind;
}

const counts = values.quick ? QUICK : FULL;
const report = await runBenchmark(counts, serverKind(values.server), progress).catch((error: Error) => {
  // What is wrong with this machine, and what helps, is in the message.
  if (!(error instanceof ServerNotStarted)) throw error;
  progress(error.message);
  process.exit(1);
});
process.stdout.write(`${renderTable(report)}\n`);
if (values.report !== undefined) await writeFile(values.report, `${JSON.stringify(report, null, 2)}\n`);
