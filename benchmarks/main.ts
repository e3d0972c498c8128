/**
 * Governed actions beside a bare Temporal workflow that has the same effects, and the gateway under load, on one server in
 * one run:
 *
 *     npm run bench -- [--quick] --report FILE
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { FULL, QUICK, runBenchmark } from './benchmark.ts';
import { renderTable } from './table.ts';

const { values } = parseArgs({ options: { report: { type: 'string' }, quick: { type: 'boolean' } } });
const report = await runBenchmark(values.quick ? QUICK : FULL, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${renderTable(report)}\n`);
if (values.report !== undefined) await writeFile(values.report, `${JSON.stringify(report, null, 2)}\n`);
