import { describe, expect, it } from 'vitest';
import { createHttpExecutor } from '../../src/adapters/http-executor.ts';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import { createPager } from '../../src/adapters/pagerduty.ts';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { createSlack } from '../../src/adapters/slack/slack.ts';
import { createWebhook } from '../../src/adapters/webhook.ts';
import type { Auth } from '../../src/config/index.ts';
import { aMessage, people } from '../support/messages.ts';
import { serve } from './serve.ts';

const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

/** Everything that sends something out, by what is done with it. */
const WAYS_OUT: Readonly<Record<string, (url: string, auth: Auth) => Promise<unknown>>> = {
  'a Prometheus server is asked': (url, auth) => createPrometheus({ url, auth }).read('up'),
  'a page of metrics is read': (url, auth) => createOpenMetrics({ url, auth }).read('up'),
  'a pager is asked to page': (url, auth) =>
    createPager({ url, auth, routingKey: 'key', people }).send(aMessage(), ['grace']),
  'a page is taken back': (url, auth) =>
    createPager({ url, auth, routingKey: 'key', people }).resolve('deploy-agent.deploy-2.5.1'),
  'an event is posted': (url, auth) =>
    createWebhook({ url, auth, secret: WEBHOOK_SECRET }).send(aMessage(), []),
  "Slack's incoming webhook is called": (url, auth) =>
    createSlack({ webhookUrl: url, auth }, {}).send(aMessage(), []),
  "Slack's API is called": (url, auth) =>
    createSlack({ channel: 'C0123456789', apiUrl: url, auth }, {}).send(aMessage(), []),
  'an action is run': (url, auth) =>
    createHttpExecutor({ [url]: auth }).run({
      plan: { executor: 'http', method: 'POST', url: `${url}/x`, body: {}, timeoutMs: 5_000 },
      actionId: 'a',
      idempotencyKey: 'a',
      fencingToken: 1,
    }),
};
const each = Object.entries(WAYS_OUT);

/** As different as secrets can be; the first one is in the header that a proxy needs besides. */
const AUTH: Auth = { bearer: 'bearer-canary', headers: { 'X-Proxy-Key': 'header-canary' } };

const echo = (status: number) =>
  serve((response, { headers, url, body }) =>
    response
      .writeHead(status, { 'content-type': `text/${headers.authorization?.replace(' ', '-')}` })
      .end(JSON.stringify({ status: 'error', errorType: 'x', error: { ...headers }, url, body, ...headers })),
  );

describe.each(each)('when %s', (_, go) => {
  it('it is proved who asks', async () => {
    const { url, requests } = await serve((response) => response.end());
    await go(url, AUTH);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer bearer-canary',
      'x-proxy-key': 'header-canary',
    });
  });

  it.each([200, 400, 500])('what the answer %i repeats of it is not told', async (status) => {
    const { url, requests } = await echo(status);
    const told = JSON.stringify(await go(url, AUTH));
    expect(requests).toHaveLength(1);
    expect(told).not.toContain('canary');
  });

  it.each([301, 302, 303, 307, 308])(
    'the redirect %i is not followed, and learns nothing',
    async (status) => {
      const elsewhere = await serve((response) => response.end());
      const { url } = await serve((response) =>
        response.writeHead(status, { location: elsewhere.url }).end(),
      );
      await go(url, AUTH);
      expect(elsewhere.requests).toEqual([]);
    },
  );

  it('nothing is sent where that cannot be proved, and the reason says why', async () => {
    const { url, requests } = await serve((response) => response.end());
    const told = JSON.stringify(await go(url, { bearer: { file: '/nowhere/token' } }));
    expect(told).toContain('the credentials cannot be had: /nowhere/token cannot be read (ENOENT)');
    expect(requests).toEqual([]);
  });
});

describe('a secret in an address', () => {
  const repeating = () =>
    serve((response, { url }) =>
      response.writeHead(404).end(`there is no ${url} at http://${'127.0.0.1'}${url}`),
    );

  it.each<[string, (url: string) => Promise<unknown>]>([
    ['of a webhook', (url) => createWebhook({ url, secret: WEBHOOK_SECRET }).send(aMessage(), [])],
    ["of Slack's incoming webhook", (url) => createSlack({ webhookUrl: url }, {}).send(aMessage(), [])],
    ['of a pager', (url) => createPager({ url, routingKey: 'key', people }).send(aMessage(), [])],
    ['of a page of metrics', (url) => createOpenMetrics({ url }).read('up')],
  ])('%s is not told by an answer that repeats it', async (_, go) => {
    const { url, requests } = await repeating();
    const told = JSON.stringify(await go(`${url}/services/T0/path-canary?token=query-canary`));
    expect(requests[0]?.url).toContain('canary');
    expect(told).toContain('404');
    expect(told).not.toContain('canary');
  });
});
