/**
 * How often the verdict of a watch is right: simulated services, by the code that a worker runs.
 *
 *     npm run verdicts -- [--quick] [--seed 1] [--report FILE]
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { FULL, runVerdicts } from './report.ts';
import { renderVerdicts } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    report: { type: 'string' },
  },
});
if (!/^[1-9]\d{0,8}$/.test(values.seed))
  throw new Error(`--seed ${values.seed}: it is a whole number from 1`);

const sizes = values.quick ? { unchanged: 50, worse: 20, values: 20 } : FULL;
const report = runVerdicts(Number(values.seed), sizes, (line) => process.stderr.write(`${line}\n`));
process.stdout.write(`${renderVerdicts(report)}\n`);
if (values.report !== undefined) await writeFile(values.report, `${JSON.stringify(report, null, 2)}\n`);
