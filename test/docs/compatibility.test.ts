import { readFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../src/config/index.ts';
import { numberInAnswer, seriesInAnswer } from '../../src/domain/analysis/series-in-answer.ts';
import { edited } from '../config/broken.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/compatibility.md', import.meta.url), 'utf8');

/** The connections of the storefront with the metric sources of a block of the guide besides. */
async function withSourcesOf(heading: string) {
  const [, example = ''] =
    new RegExp(`\`\`\`yaml\\n# ${heading}\\nmetricSources:\\n([\\s\\S]*?)\`\`\``).exec(GUIDE) ?? [];
  const folder = await edited();
  const file = join(folder, 'countersign.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('metricSources:\n', () => `metricSources:\n${example}`),
  );
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults, null, 1));
  return loaded.connections.metricSources;
}

test('the metric sources of the guide are sound', async () => {
  const { prometheus, mimir, shop } = await withSourcesOf('metric sources');
  expect(prometheus).toMatchObject({ kind: 'prometheus', intervalMs: 30_000 });
  expect(mimir).toMatchObject({ tenant: 'shop', ca: '/etc/ssl/our-ca.pem', intervalMs: 60_000 });
  expect(shop).toMatchObject({ kind: 'openmetrics' });
});

test('the source of metrics in JSON of the guide reads the answers that the guide shows', async () => {
  const { orders } = await withSourcesOf('metrics in JSON');
  if (orders?.kind !== 'http' || !orders.now || !orders.series) throw new Error('it is no such source');
  const [, number = '', series = ''] = /This reads `(.*)`, and\n`(.*)`\./.exec(GUIDE) ?? [];
  const asked = { query: 'errors', times: orders.times };
  expect(numberInAnswer(number, orders.now, asked)).toEqual({
    kind: 'value',
    value: 0.02,
    sampledAt: 1_769_861_640_000,
  });
  expect(seriesInAnswer(series, orders.series, asked)).toMatchObject({
    series: [
      {
        labels: { code: '500' },
        points: [
          [1_769_861_640_000, 7],
          [1_769_861_650_000, 9],
        ],
      },
    ],
  });
});

test('the Datadog source of the guide is sound', async () => {
  const { datadog } = await withSourcesOf('datadog');
  expect(datadog).toMatchObject({ kind: 'datadog', url: 'https://api.datadoghq.eu' });
});

test('the CloudWatch source of the guide is sound', async () => {
  const { aws } = await withSourcesOf('cloudwatch');
  expect(aws).toEqual({ kind: 'cloudwatch', region: 'eu-west-1', intervalMs: 60_000 });
});
