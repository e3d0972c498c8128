import { expect, test } from 'vitest';
import { type Edit, edited, faultsOf, lineOf } from '../broken.ts';

const FLUSH = 'actions/cache-flush.yaml';
const COMPARED = 'interval: 15s # compared';

/** Compares the first metric of the example every 15 seconds. */
const comparing: Edit = {
  file: FLUSH,
  replace: '      interval: 2s\n      count: 3\n',
  by: `      ${COMPARED}\n      count: 3\n      compare: { counts: { bad: 'errors_total{service="\${target}"}' } }\n`,
};
const scrapedEvery = (interval: string): Edit => ({
  file: 'countersign.yaml',
  replace: '      url: ${env.STOREFRONT_URL}/metrics\n',
  by: `      url: \${env.STOREFRONT_URL}/metrics\n      interval: ${interval}\n`,
});

test('a comparison takes no more samples than its source has', async () => {
  const folder = await edited(comparing, scrapedEvery('30s'));
  expect(await faultsOf(folder)).toEqual([
    {
      file: FLUSH,
      line: await lineOf(folder, FLUSH, COMPARED),
      problem:
        'watch.metrics.0.interval: is shorter than the 30s between two samples of storefront, and a comparison needs one in each interval: write 30s or more, or the interval of storefront in countersign.yaml',
    },
  ]);
});

test('as many are enough, and a metric that is not compared may be read more often', async () => {
  expect(await faultsOf(await edited(comparing, scrapedEvery('15s')))).toEqual([]);
  expect(await faultsOf(await edited(scrapedEvery('30s')))).toEqual([]);
});
