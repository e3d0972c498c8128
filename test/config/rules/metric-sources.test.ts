import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

const file = 'countersign.yaml';
const URL_LINE = '      url: ${env.STOREFRONT_URL}/metrics\n';
const withInterval = (interval: string) => ({
  file,
  replace: URL_LINE,
  by: `${URL_LINE}      interval: ${interval}\n`,
});

describe('how often a metric source is scraped', () => {
  test.each([
    ['is a minute unless it is written', [], 60_000],
    ['may be written', [withInterval('15s')], 15_000],
  ])('%s', async (_, edits, intervalMs) => {
    const loaded = await loadInstallation(await edited(...edits), STOREFRONT_ENV, cedar);
    expect(loaded.kind === 'loaded' && loaded.connections.metricSources.storefront).toMatchObject({
      intervalMs,
    });
  });

  testBroken([
    {
      rule: 'it is a duration',
      ...withInterval('15'),
      problem:
        'metricSources.storefront.openmetrics.interval: must be a duration, such as 90s, 5m, 24h or 1h30m',
    },
    {
      rule: 'it is longer than nothing',
      ...withInterval('0s'),
      problem: 'metricSources.storefront.openmetrics.interval: must be longer than 0s',
    },
  ]);
});
