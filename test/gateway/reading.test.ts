import { describe, expect, test, vi } from 'vitest';
import { isReadable } from '../../src/domain/ledger/ledger.ts';
import { proposal } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import { decideBy, untilClosed, useDecidedWorld } from './decided-world.ts';

const at = useDecidedWorld();

interface Listed {
  readonly items: readonly { readonly actionId: string }[];
}

test('what waits for a person is on their list, and gone once they decided', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const barbara = await gateway.signedIn('barbara');
  const listed = async (path: string) => {
    const { items } = (await (await barbara.send(path)).json()) as Listed;
    return items.some(({ actionId }) => actionId === action.actionId);
  };
  expect(await listed('/api/approvals')).toBe(true);
  expect(await listed('/api/actions?status=waiting&target=cart')).toBe(true);
  expect(await listed('/api/actions?target=checkout')).toBe(false);
  await decideBy(barbara, action, { verdict: 'deny', reason: 'not now' });
  await untilClosed(action);
  await expect.poll(() => listed('/api/approvals'), PATIENCE).toBe(false);
  expect(await listed('/api/approvals/decided')).toBe(true);
});

test('an action whose workflow is gone is read from the ledger', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const barbara = await gateway.signedIn('barbara');
  await decideBy(barbara, action, { verdict: 'deny', reason: 'not now' });
  await untilClosed(action);
  const show = async (id: string) => (await barbara.send(`/api/actions/${id}`)).json();
  expect(await show(action.actionId)).toMatchObject({ from: 'workflow', state: { status: 'closed' } });
  // The ledger outlives workflows: here it is given the facts of one that Temporal does not know.
  const gone = 'cache-agent.long-ago';
  await vi.waitFor(async () => expect(await world.ledgerOf(action)).toContain('closed'), PATIENCE);
  for (const entry of await world.ledger.entriesOf(action.actionId)) {
    const { eventId, at: when, body } = entry;
    if (!isReadable(entry)) throw new Error(`${eventId} cannot be read`);
    const { kind } = entry;
    const renamed = eventId.replace(action.actionId, gone);
    await world.ledger.append({ eventId: renamed, actionId: gone, kind, at: when, body });
  }
  expect(await show(gone)).toMatchObject({
    from: 'ledger',
    headline: expect.arrayContaining([expect.objectContaining({ label: 'In short' })]),
    state: { status: 'closed', votes: [{ person: 'barbara', verdict: 'deny' }] },
  });
  expect((await barbara.send(`/api/actions/${gone}/explanation`)).status).toBe(200);
  expect((await barbara.send(`/actions/${gone}`)).status).toBe(200);
});

test('there is no action that nobody proposed', async () => {
  const browser = await at().gateway.signedIn('barbara');
  const answer = await browser.send('/api/actions/cache-agent.never');
  expect([answer.status, await answer.json()]).toMatchObject([
    404,
    { type: 'urn:countersign:problem:not-found' },
  ]);
});

describe('whoever is not signed in', () => {
  test.each([
    '/api/me',
    '/api/actions',
    '/api/actions/x',
    '/api/actions/x/explanation',
    '/api/actions/x/ledger',
    '/api/approvals',
    '/api/approvals/decided',
    '/api/reviews',
    '/api/reviews/x',
    '/api/standing',
    '/api/holds',
    '/api/ledger',
    '/api/dashboard',
    '/api/factors',
    '/api/events',
  ])('reads nothing of %s', async (path) => {
    const answer = await at().gateway.browser().send(path);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([401, 'application/problem+json']);
  });
});

test('all that people read answers whoever is signed in', async () => {
  const browser = await at().gateway.signedIn('linus');
  const paths = [
    '/api/me',
    '/api/reviews',
    '/api/standing',
    '/api/holds',
    '/api/ledger?limit=5',
    '/api/dashboard',
  ];
  const pages = ['/pending', '/decided', '/reviews', '/actions', '/dashboard', '/account'];
  for (const path of [...paths, ...pages])
    expect([path, (await browser.send(path)).status]).toEqual([path, 200]);
});

test('the document of the API is OpenAPI 3.1, and names every address under /api', async () => {
  const answer = await at().gateway.browser().send('/openapi.json');
  const { openapi, paths } = (await answer.json()) as { openapi: string; paths: Record<string, object> };
  expect(openapi).toBe('3.1.0');
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const served = at()
    .gateway.routes()
    .filter(({ path, method }) => path.startsWith('/api/') && method !== 'ALL')
    .map(({ path, method }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  expect([...new Set(served)].sort()).toEqual(documented.filter((each) => each.includes(' /api/')).sort());
});

describe('what operators watch', () => {
  test('says that the gateway can work', async () => {
    const answer = await at().gateway.browser().send('/healthz');
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
  });

  test('counts in OpenMetrics, for nobody who comes through the proxy', async () => {
    const browser = at().gateway.browser();
    const answer = await browser.send('/metrics');
    const text = await answer.text();
    expect(answer.headers.get('content-type')).toContain('application/openmetrics-text');
    expect(text).toMatch(/^countersign_gateway_requests_total\{status="2xx"\} \d+$/m);
    expect(text).toMatch(/^countersign_pending \d+$/m);
    expect(text.endsWith('# EOF\n')).toBe(true);
    expect((await browser.send('/metrics', { headers: { 'x-forwarded-for': '192.0.2.1' } })).status).toBe(
      404,
    );
  });
});
