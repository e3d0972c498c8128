import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, faultsOf, testBroken } from '../broken.ts';

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

const OPENMETRICS = `openmetrics:\n${URL_LINE}`;
const withSource = (...lines: string[]) => ({
  file,
  replace: `    ${OPENMETRICS}`,
  by: `    ${OPENMETRICS}  stats:\n    http: # stats\n${lines.map((line) => `      ${line}\n`).join('')}`,
});
const HISTORY = 'url: "https://stats.example/h?q=${query}&from=${from}&until=${until}&step=${step}"';

describe('a source that answers in JSON', () => {
  test('is written with its addresses and where the numbers are in its answers', async () => {
    const folder = await edited(
      withSource(
        'interval: 10s',
        'times: iso',
        'now: { url: "https://stats.example/now/${query}", value: answer.value }',
        `series: { ${HISTORY}, list: answer.all, labels: series.tags, points: series.points }`,
      ),
    );
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    expect(loaded.kind === 'loaded' && loaded.connections.metricSources.stats).toMatchObject({
      kind: 'http',
      intervalMs: 10_000,
      times: 'iso',
      now: { url: 'https://stats.example/now/${query}', value: 'answer.value' },
      series: { list: 'answer.all', labels: 'series.tags', points: 'series.points' },
    });
  });

  const at = 'metricSources.stats.http';
  testBroken([
    {
      rule: 'it says how something is read',
      ...withSource('interval: 10s'),
      at: 'http: # stats',
      problem: `${at}: needs now, series or both`,
    },
    {
      rule: 'its address names what is known',
      ...withSource('now: { url: "https://stats.example/${metric}?${query}", value: answer }'),
      at: 'now: {',
      problem: `${at}.now.url: \${metric} names nothing; write \${query}`,
    },
    {
      rule: 'its host has no placeholder',
      ...withSource('now: { url: "https://${query}.stats.example/", value: answer }'),
      at: 'now: {',
      problem: `${at}.now.url: needs a host without placeholders: what proves who asks is sent there`,
    },
    {
      rule: 'each metric asks for something else',
      ...withSource('now: { url: "https://stats.example/", value: answer.errors }'),
      at: 'now: {',
      problem: `${at}.now.url: needs \${query}, or an expression that uses query: each metric would be the same number`,
    },
    {
      rule: 'a stretch of time has two ends',
      ...withSource('series: { url: "https://stats.example/${query}?since=${from}", points: series }'),
      at: 'series: {',
      problem: `${at}.series.url: needs \${until}: other times would be asked for`,
    },
    {
      rule: 'the number is found by an expression over the answer',
      ...withSource('now: { url: "https://stats.example/${query}", value: series.n }'),
      at: 'now: {',
      problem: `${at}.now.value: must be a CEL expression over answer and query, such as answer.value: Unknown variable: series`,
    },
    {
      rule: 'points are found by an expression over a series',
      ...withSource(`series: { ${HISTORY}, points: answer.points }`),
      at: 'series: {',
      problem: `${at}.series.points: must be a CEL expression over series and query, such as series.points: Unknown variable: answer`,
    },
    {
      rule: 'a user name does not stand in the address',
      ...withSource('now: { url: "https://me:pw@stats.example/${query}", value: answer }'),
      at: 'now: {',
      problem: `${at}.now.url: holds a user name or a password: leave them out, and write them as auth: { basic: ... } beside it`,
    },
  ]);
});

describe('a comparison with a source that answers in JSON', () => {
  const compared = {
    file: 'actions/version-deploy.yaml',
    replace: 'source: storefront\n      query: storefront_error_ratio{service="${target}"}',
    by: 'source: stats\n      query: errors/${target}\n      compare: {}',
  };

  test('needs its series', async () => {
    const now = 'now: { url: "https://stats.example/${query}", value: answer }';
    const without = await edited(withSource('interval: 1s', now), compared);
    expect((await faultsOf(without)).map(({ problem }) => problem)).toEqual([
      'watch.metrics.0.compare: its source stats is http without series, which keeps no past to compare with: read it from prometheus, from datadog, or from http with series',
    ]);
    const withSeries = await edited(
      withSource('interval: 1s', now, `series: { ${HISTORY}, points: series }`),
      compared,
    );
    expect(await faultsOf(withSeries)).toEqual([]);
  });
});

describe('a query of a source that answers in JSON', () => {
  const now = withSource('now: { url: "https://stats.example/${query}", value: answer }');
  const asking = (query: string) => ({
    file,
    replace: '{ source: storefront, query: \'storefront_incidents_open{service="${target}"}\' }',
    by: `{ source: stats, query: '${query}' }`,
  });

  test('may have the names of the target and of the environment anywhere', async () => {
    const folder = await edited(now, asking('incidents/${target}?env=${environment.name}'));
    expect((await loadInstallation(folder, STOREFRONT_ENV, cedar)).kind).toBe('loaded');
  });

  test('INVARIANT 12: has nothing that an agent wrote, not even in quotes', async () => {
    const folder = await edited(now, {
      file: 'actions/version-deploy.yaml',
      replace: 'source: storefront\n      query: storefront_error_ratio{service="${target}"}',
      by: 'source: stats\n      query: errors{version="${params.version}"}',
    });
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      'watch.metrics.0.query: ${params.version} may not stand in a query of http: only ${target} and ${environment.name} may',
    ]);
  });
});

describe('a Prometheus server', () => {
  const withServer = (...lines: string[]) => ({
    file,
    replace: `    ${OPENMETRICS}`,
    by: `    ${OPENMETRICS}  mimir:\n    prometheus:\n${lines.map((line) => `      ${line}\n`).join('')}`,
  });
  const url = 'url: https://mimir.example/prometheus';

  test("may have a tenant and a CA of one's own", async () => {
    const folder = await edited(withServer(url, 'tenant: shop|shared', 'ca: { file: /etc/ca.pem }'));
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    expect(loaded.kind === 'loaded' && loaded.connections.metricSources.mimir).toEqual({
      kind: 'prometheus',
      url: 'https://mimir.example/prometheus',
      tenant: 'shop|shared',
      ca: '/etc/ca.pem',
      intervalMs: 60_000,
    });
  });

  const at = 'metricSources.mimir.prometheus';
  testBroken([
    {
      rule: 'its tenant is one header value',
      ...withServer(url, 'tenant: "a b"'),
      at: 'tenant:',
      problem: `${at}.tenant: must be letters, digits and !_.*'()-, and | between tenants`,
    },
    {
      rule: 'its tenant is written once',
      ...withServer(url, 'tenant: shop', 'auth: { headers: { x-scope-orgid: shop } }'),
      at: 'tenant:',
      problem: `${at}.tenant: is in auth.headers too, as X-Scope-OrgID: keep one of them`,
    },
    {
      rule: 'certificates need TLS',
      ...withServer('url: http://mimir.example', 'ca: { file: /etc/ca.pem }'),
      at: 'ca:',
      problem: `${at}.ca: needs an address with https://: over http:// nobody shows a certificate`,
    },
    {
      rule: 'certificates are in a file with a whole path',
      ...withServer(url, 'ca: { file: ca.pem }'),
      at: 'ca:',
      problem: `${at}.ca.file: must be a path that begins with /`,
    },
  ]);
});

describe('Datadog', () => {
  const datadog = (...lines: string[]) => ({
    file,
    replace: `    ${OPENMETRICS}`,
    by: `    ${OPENMETRICS}  datadog:\n    datadog:\n${lines.map((line) => `      ${line}\n`).join('')}`,
  });
  const KEYS = ['apiKey: { file: /run/api-key }', 'applicationKey: { file: /run/application-key }'];
  const watching = (query: string) => ({
    file: 'actions/version-deploy.yaml',
    replace: 'source: storefront\n      query: storefront_error_ratio{service="${target}"}',
    by: `source: datadog\n      query: "${query}"`,
  });

  test('needs its two keys, and may be asked about the target without quotes', async () => {
    const folder = await edited(
      datadog(...KEYS),
      watching('sum:errors{service:${target},env:${environment.name}}'),
    );
    const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
    expect(loaded.kind === 'loaded' && loaded.connections.metricSources.datadog).toEqual({
      kind: 'datadog',
      url: 'https://api.datadoghq.com',
      apiKey: { file: '/run/api-key' },
      applicationKey: { file: '/run/application-key' },
      intervalMs: 60_000,
    });
  });

  test('INVARIANT 12: is not asked about what an agent wrote', async () => {
    const folder = await edited(datadog(...KEYS), watching('sum:errors{version:${params.version}}'));
    expect((await faultsOf(folder)).map(({ problem }) => problem)).toEqual([
      'watch.metrics.0.query: ${params.version} may not stand in a query of datadog: only ${target} and ${environment.name} may',
    ]);
  });

  testBroken([
    {
      rule: 'its keys are written',
      ...datadog('apiKey: { file: /run/api-key }'),
      at: '    datadog:',
      problem: 'metricSources.datadog.datadog.applicationKey: is missing: write a mapping',
    },
  ]);
});

testBroken([
  {
    rule: 'CloudWatch is asked in a region',
    file,
    replace: `    ${OPENMETRICS}`,
    by: `    ${OPENMETRICS}  aws:\n    cloudwatch:\n      region: Ireland\n`,
    at: 'region:',
    problem: 'metricSources.aws.cloudwatch.region: must be the name of a region, such as eu-west-1',
  },
]);
