import { expect, test } from 'vitest';
import { useGateway } from './world.ts';

const gateway = useGateway();

/** To sign in, and what tells nothing of anybody. */
const FOR_EVERYBODY = [
  'GET /sign-in',
  'GET /signed-out',
  'POST /sign-in/start',
  'POST /sign-in/development',
  'POST /sign-out',
  'GET /openapi.json',
  'GET /healthz',
  'GET /metrics',
  'GET /log/checkpoint',
];

/** What is well formed, so that it is refused for who sends it. */
const BODY = JSON.stringify({ questionId: '0123456789ab', text: 'because' });

test('whoever is not signed in gets nothing from any address, but for what is for everybody', async () => {
  const served = gateway()
    .routes()
    .filter(({ method, path }) => method !== 'ALL' && !path.startsWith('/assets'))
    .map(({ method, path }) => `${method} ${path}`);
  const routes = [...new Set(served)].filter((route) => !FOR_EVERYBODY.includes(route));
  expect(routes.length).toBeGreaterThan(40);
  const got: string[] = [];
  for (const route of routes) {
    const [method = '', path = ''] = route.split(' ');
    const sent = method === 'GET' ? {} : { body: BODY, headers: { 'content-type': 'application/json' } };
    const { url, response } = await gateway()
      .browser()
      .open(path.replaceAll(/:\w+/g, 'x'), { method, ...sent });
    const refused = response.status >= 400 && response.status < 500;
    if (!refused && url.pathname !== '/sign-in') got.push(`${route}: ${response.status} at ${url.pathname}`);
  }
  expect(got).toEqual([]);
});
