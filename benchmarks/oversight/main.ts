/**
 * Whether the page tells bad requests from good ones: requests of both sorts are ruled on and shown by real servers, and a browser looks
 * where on the page the machine says what is wrong.
 *
 *     npm run oversight -- [--quick | --unseen] [--seed 1] [--report FILE] [--pages FOLDER]
 *
 * `--unseen` takes bad requests in sentences for which no rule was ever mended.
 * `--pages` keeps the page of each request as a file for a study with people, and beside the folder, in FOLDER-key.json, which are bad.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runOversight } from './run.ts';
import { renderOversight } from './table.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    unseen: { type: 'boolean', default: false },
    seed: { type: 'string', default: '1' },
    report: { type: 'string' },
    pages: { type: 'string' },
  },
});
if (!/^[1-9]\d{0,8}$/.test(values.seed))
  throw new Error(`--seed ${values.seed}: it is a whole number from 1`);
const { pages } = values;
if (pages !== undefined) await mkdir(pages, { recursive: true });

const report = await runOversight(
  {
    seed: Number(values.seed),
    each: values.unseen ? 'unseen' : values.quick ? 1 : 4,
    ...(pages === undefined
      ? {}
      : { keepPage: (id: string, html: string) => writeFile(join(pages, `${id}.html`), html) }),
  },
  (line) => process.stderr.write(`${line}\n`),
);
process.stdout.write(`${renderOversight(report)}\n`);
if (values.report !== undefined) await writeFile(values.report, json(report));
if (pages !== undefined)
  await writeFile(
    `${pages.replace(/\/+$/, '')}-key.json`,
    json(report.results.map(({ id, bad }) => ({ id, bad: bad ?? null }))),
  );

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
