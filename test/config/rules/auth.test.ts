import { describe, expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { type Edit, edited, faultsOf, lineOf, testBroken } from '../broken.ts';

const file = 'countersign.yaml';
const METRICS_URL = '      url: ${env.STOREFRONT_URL}/metrics\n';

const metricsAuth = (auth: string) => ({
  file,
  replace: METRICS_URL,
  by: `${METRICS_URL}      auth: ${auth}\n`,
});

const systems = (written: string) => ({
  file,
  replace: 'metricSources:\n',
  by: `governedSystems:\n  - ${written}\nmetricSources:\n`,
});

const env = { ...STOREFRONT_ENV, TOKEN: 't0ken', PASSWORD: 'passw0rd' };

async function connectionsWith(...edits: readonly Edit[]) {
  const loaded = await loadInstallation(await edited(...edits), env, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  return loaded;
}

describe('what proves who asks', () => {
  test.each([
    ['{ bearer: "${env.TOKEN}" }', { bearer: 't0ken' }],
    ['{ bearer: { file: /run/secrets/token } }', { bearer: { file: '/run/secrets/token' } }],
    [
      '{ bearer: { command: [gcloud, auth, print-access-token], environment: [HOME] } }',
      { bearer: { command: ['gcloud', 'auth', 'print-access-token'], environment: ['HOME'] } },
    ],
    ['{ bearer: { command: [token] } }', { bearer: { command: ['token'], environment: [] } }],
    [
      '{ basic: { user: countersign, password: "${env.PASSWORD}" } }',
      { basic: { user: 'countersign', password: 'passw0rd' } },
    ],
    [
      '{ headers: { X-Scope-OrgID: shop, X-API-Key: { file: /k } } }',
      { headers: { 'X-Scope-OrgID': 'shop', 'X-API-Key': { file: '/k' } } },
    ],
  ])('%s is taken', async (written, auth) => {
    const { connections } = await connectionsWith(metricsAuth(written));
    expect(connections.metricSources.storefront).toMatchObject({ auth });
  });

  test('is no part of any digest', async () => {
    const { digests } = (await connectionsWith()).installation;
    const other = await connectionsWith(
      metricsAuth('{ bearer: "${env.TOKEN}" }'),
      systems('{ origin: "${env.STOREFRONT_URL}", auth: { bearer: "${env.TOKEN}" } }'),
    );
    const { policy, actionTypes } = other.installation.digests;
    expect({ policy, actionTypes }).toEqual({ policy: digests.policy, actionTypes: digests.actionTypes });
  });

  const at = 'metricSources.storefront.openmetrics.auth';
  testBroken([
    {
      rule: 'something proves it',
      ...metricsAuth('{}'),
      problem: `${at}: needs at least one of: bearer or basic; headers`,
    },
    {
      rule: 'one thing is in the header Authorization',
      ...metricsAuth('{ bearer: a, basic: { user: b, password: c } }'),
      problem: `${at}: needs only one of bearer, basic: both are the header Authorization`,
    },
    {
      rule: 'also where that is written by its name',
      ...metricsAuth('{ bearer: a, headers: { Authorization: b } }'),
      problem: `${at}: needs only one of bearer, headers.Authorization: both are the header Authorization`,
    },
    {
      rule: 'a header that requests have already is not written over',
      ...metricsAuth('{ headers: { Idempotency-Key: a } }'),
      problem: `${at}.headers.Idempotency-Key: this name is not allowed: it is a header that Countersign writes itself`,
    },
    {
      rule: 'a header has the name of a header',
      ...metricsAuth('{ headers: { "a b": c } }'),
      problem: `${at}.headers.a b: this name is not allowed: it must be the name of a header, such as X-API-Key`,
    },
    {
      rule: 'a secret is what a header can carry',
      ...metricsAuth('{ bearer: "a\\nb" }'),
      problem: `${at}.bearer: must be one line of printable ASCII`,
    },
    {
      rule: 'a user has no colon, as what follows one is the password',
      ...metricsAuth('{ basic: { user: "a:b", password: c } }'),
      problem: `${at}.basic.user: must not hold ":" or control characters`,
    },
    {
      rule: 'a secret is read in one way',
      ...metricsAuth('{ bearer: { file: /a, command: [b] } }'),
      problem: `${at}.bearer: needs exactly one of file, command`,
    },
    {
      rule: 'a file is found wherever the worker is started',
      ...metricsAuth('{ bearer: { file: token } }'),
      problem: `${at}.bearer.file: must be a path that begins with /`,
    },
    {
      rule: 'a command is told nothing of ours',
      ...metricsAuth('{ bearer: { command: [token], environment: [COUNTERSIGN_GATEWAY_KEY] } }'),
      problem: `${at}.bearer.environment.0: is a variable of Countersign itself, which no other program may see: give the program a variable of its own`,
    },
    {
      rule: 'an environment belongs to a command',
      ...metricsAuth('{ bearer: { file: /a, environment: [HOME] } }'),
      problem: `${at}.bearer: needs a command for its environment`,
    },
  ]);

  test('no value is in a fault, whatever is wrong with it', async () => {
    const secret = 'hunter2\nhunter2';
    const folder = await edited(
      metricsAuth('{ basic: { user: "${env.A}", password: "${env.A}" }, headers: { X-Key: "${env.A}" } }'),
      systems('{ origin: "${env.A}", auth: { bearer: "${env.A}" } }'),
    );
    const faults = await faultsOf(folder, { ...env, A: secret });
    expect(faults.map(({ problem }) => problem.split(':')[0])).toEqual([
      'governedSystems.0.origin',
      'governedSystems.0.auth.bearer',
      'metricSources.storefront.openmetrics.auth.basic.user',
      'metricSources.storefront.openmetrics.auth.basic.password',
      'metricSources.storefront.openmetrics.auth.headers.X-Key',
    ]);
    expect(JSON.stringify(faults)).not.toContain('hunter2');
  });
});

describe('a governed system', () => {
  test('is known by its origin', async () => {
    const { connections } = await connectionsWith(
      systems('{ origin: "${env.STOREFRONT_URL}/", auth: { bearer: "${env.TOKEN}" } }'),
    );
    expect(connections.governedSystems).toEqual({ 'http://storefront.example:8080': { bearer: 't0ken' } });
  });

  const an = 'auth: { bearer: a }';
  testBroken([
    {
      rule: 'an origin has no path, as what is sent goes to all of it',
      ...systems(`{ origin: "http://storefront.example:8080/admin", ${an} }`),
      at: 'example:8080/admin',
      problem:
        'governedSystems.0.origin: must be http:// or https:// with a host and nothing after it, such as https://admin.example.com: what proves who asks is sent to all of it',
    },
    {
      rule: 'an origin is written once',
      ...systems(
        `{ origin: "\${env.STOREFRONT_URL}", ${an} }\n  - { origin: "http://STOREFRONT.example:8080/", ${an} }`,
      ),
      at: 'http://STOREFRONT.example',
      problem: 'governedSystems.1.origin: is there twice: write all of it in one',
    },
  ]);

  test('is one that an action type is sent to: under a mistaken origin a secret would never be sent', async () => {
    const folder = await edited(systems(`{ origin: "https://storefront.example", ${an} }`));
    expect(await faultsOf(folder)).toEqual([
      {
        file,
        line: await lineOf(folder, file, 'https://storefront.example"'),
        problem:
          'governedSystems.0.origin: no action type sends anything there: write the origin of an address that one does',
      },
    ]);
  });
});

describe('an address with a password', () => {
  const WRITE =
    'holds a user name or a password: leave them out, and write them as auth: { basic: ... } beside it';
  const withPassword = { ...env, PAGER_URL: 'https://me:hunter2@pager.example' };

  test('of a pager is refused, also where it comes from the environment', async () => {
    const folder = await edited();
    expect(await faultsOf(folder, withPassword)).toEqual([
      { file, line: await lineOf(folder, file, '${env.PAGER_URL}'), problem: `channels.pager.url: ${WRITE}` },
    ]);
  });

  const channel = (written: string) => ({ file, replace: 'channels:\n', by: `channels:\n  ${written}\n` });
  const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

  testBroken([
    {
      rule: 'of a page of metrics',
      file,
      replace: METRICS_URL,
      by: '      url: https://me:hunter2@storefront.example/metrics\n',
      problem: `metricSources.storefront.openmetrics.url: ${WRITE}`,
    },
    {
      rule: 'of a Prometheus server',
      file,
      replace: `    openmetrics:\n${METRICS_URL}`,
      by: '    prometheus:\n      url: https://me@prometheus.example\n',
      at: 'me@prometheus',
      problem: `metricSources.storefront.prometheus.url: ${WRITE}`,
    },
    {
      rule: 'of a webhook',
      ...channel(`webhook: { url: "https://me:hunter2@hooks.example", secret: ${secret} }`),
      problem: `channels.webhook.url: ${WRITE}`,
    },
    {
      rule: 'of an incoming webhook of Slack',
      ...channel('slack: { webhookUrl: "https://me:hunter2@hooks.example/x" }'),
      problem: `channels.slack.webhookUrl: ${WRITE}`,
    },
    {
      rule: "of Slack's API",
      ...channel(
        'slack: { channel: C0123456789, apiUrl: "https://me:hunter2@slack.example", auth: { bearer: x } }',
      ),
      problem: `channels.slack.apiUrl: ${WRITE}`,
    },
    {
      rule: 'of the pages that mails link to',
      file,
      replace: 'uiUrl: ${env.TEMPORAL_UI_URL}',
      by: 'uiUrl: https://me:hunter2@temporal.example',
      problem: 'uiUrl: holds a user name or a password, which everybody would see: leave them out',
    },
    {
      rule: 'of an action type',
      file: 'actions/cache-flush.yaml',
      replace: 'url: ${environment.adminUrl}/${target}/cache/flush',
      by: 'url: https://me:hunter2@storefront.example/${target}/cache/flush',
      problem:
        'execute.http.url: holds a user name or a password, which everybody would see: leave them out, and write auth for its origin under governedSystems in countersign.yaml',
    },
  ]);

  test('of a variable that requests do not begin with is refused too: it is shown all the same', async () => {
    const folder = await edited({
      file,
      replace: '    adminUrl:',
      by: '    other: https://me:hunter2@other.example\n    adminUrl:',
    });
    expect(await faultsOf(folder)).toEqual([
      {
        file,
        line: await lineOf(folder, file, 'other:'),
        problem:
          'environments.production.other: holds a user name or a password, which everybody would see: leave them out, and write auth for its origin under governedSystems',
      },
    ]);
  });

  test.each(['?token=hunter2', '#top'])(
    'and one that goes on after its path is no beginning of a request: %s',
    async (end) => {
      const folder = await edited();
      expect(
        await faultsOf(folder, { ...env, STOREFRONT_URL: `http://storefront.example/${end}` }),
      ).toMatchObject([
        {
          problem:
            'environments.production.adminUrl: must be an address with http:// or https:// and without a query, as requests begin with it',
        },
      ]);
    },
  );
});
