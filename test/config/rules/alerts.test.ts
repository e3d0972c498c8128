import { expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadForGateway, loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited, testBroken } from '../broken.ts';

const written = (...lines: readonly string[]) => ({
  file: 'countersign.yaml',
  replace: 'metricSources:\n',
  by: `alerts:\n  prometheus:\n${lines.map((line) => `    ${line}\n`).join('')}metricSources:\n`,
});
const TOKEN = `bearer: "\${env.ALERTS}"`;
const PLACES = ['service: { label: service }', 'environment: { is: production }'];

test('a gateway reads who sends alerts, with the secrets; a worker needs none of these', async () => {
  const folder = await edited(
    written(
      TOKEN,
      'service: { label: app, values: { shopping-cart: cart } }',
      'environment: { label: env, values: { prod: production } }',
    ),
  );
  const loaded = await loadForGateway(
    folder,
    { ...STOREFRONT_ENV, ALERTS: 'a-token-of-alertmanager' },
    cedar,
  );
  expect(loaded.kind === 'loaded' && loaded.alerts).toEqual({
    prometheus: {
      bearer: 'a-token-of-alertmanager',
      places: {
        service: { label: 'app', values: { 'shopping-cart': 'cart' } },
        environment: { label: 'env', values: { prod: 'production' } },
      },
    },
  });
  expect(await loadInstallation(folder, STOREFRONT_ENV, cedar)).toMatchObject({ kind: 'loaded' });
  expect(await loadForGateway(folder, STOREFRONT_ENV, cedar)).toMatchObject({
    kind: 'faulty',
    faults: [{ problem: expect.stringContaining('the environment variable ALERTS is not set') }],
  });
});

test('an action type says what ends its watch', async () => {
  const folder = await edited(written(TOKEN, ...PLACES), {
    file: 'actions/version-deploy.yaml',
    replace: 'watch:\n',
    by: `watch:\n  abortOn: [alert, { alert: ['severity="critical"', 'team=~"shop|web"'] }, freeze, hold]\n`,
  });
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  expect(loaded.installation.actionTypes['version.deploy']?.watch?.abortOn).toEqual([
    { kind: 'alert', matchers: [] },
    {
      kind: 'alert',
      matchers: [
        { label: 'severity', operator: '=', value: 'critical' },
        { label: 'team', operator: '=~', value: 'shop|web' },
      ],
    },
    { kind: 'freeze' },
    { kind: 'hold' },
  ]);
});

testBroken([
  {
    rule: 'somebody must prove that alerts are theirs',
    ...written(...PLACES),
    at: '  prometheus:',
    problem: 'alerts.prometheus: needs at least one of bearer, secret: without it anybody could send alerts',
  },
  {
    rule: 'a token is not short',
    ...written('bearer: hunter2', ...PLACES),
    at: 'bearer: hunter2',
    problem: 'alerts.prometheus.bearer: must have 16 characters or more',
  },
  {
    rule: 'the environment is a label or one for all',
    ...written(TOKEN, 'service: { label: service }', 'environment: { label: env, is: production }'),
    at: 'environment: { label',
    problem: 'alerts.prometheus.environment: needs exactly one of: label, with or without values; is',
  },
  {
    rule: 'services are known',
    ...written(
      TOKEN,
      'service: { label: service, values: { shop: cartt } }',
      'environment: { is: production }',
    ),
    at: 'shop: cartt',
    problem: 'alerts.prometheus.service.values.shop: cartt is not known; did you mean "cart"?',
  },
  {
    rule: 'where no alert can come, none ends a watch',
    file: 'actions/version-deploy.yaml',
    replace: 'watch:\n',
    by: 'watch:\n  abortOn: [alert]\n',
    at: 'abortOn: [alert]',
    problem:
      'watch.abortOn: names alert, and no alert can come: write alerts in countersign.yaml, which says who sends them',
  },
]);
