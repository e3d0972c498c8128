import { describe, expect, test } from 'vitest';
import { orderWorkflowId } from '../../src/contract/ids.ts';
import type { Unsigned } from '../../src/domain/orders/order.ts';
import { newKey, testInstallation } from '../support/installation.ts';
import { signed } from '../support/orders.ts';
import { proposal } from '../support/proposals.ts';
import type { Browser } from './browser.ts';
import { decideBy, untilClosed, useDecidedWorld, votesOf, withCodes } from './decided-world.ts';

const { people } = testInstallation().installation;
const HOUR = 3_600_000;

/** Of these, radia alone has a key of her own. */
const at = useDecidedWorld({
  people: Object.fromEntries(
    Object.entries(people).map(([name, person]) => [
      name,
      name === 'radia' ? person : { ...person, keys: [] },
    ]),
  ),
});

const flushCart = () => proposal({ target: 'cart' });
const to = (person: string, changes: object = {}) => ({
  kind: 'delegate',
  to: person,
  scope: { kind: 'everything' },
  reason: 'at the sea',
  since: Date.now() - HOUR,
  until: Date.now() + 24 * HOUR,
  ...changes,
});

const day = (ahead = 0) => new Date(Date.now() + ahead * 24 * HOUR).toISOString().slice(0, 10);
const away = (person: string) => ({
  kind: 'delegate',
  to: person,
  from: day(),
  until: day(2),
  scope: 'everything',
  reason: 'at the sea',
});

/** Sends the form of the account page. */
const form = async (browser: Browser, fields: Record<string, string>) =>
  browser.form('/account/orders', { csrf: (await browser.me()).csrf, ...fields });

const byCode = (order: object, code: string) => ({ order, proof: { kind: 'totp', code } });
const standing = () => at().world.countersign.delegations();
const problemIn = async (answer: Response) => [answer.status, await answer.json()];

describe('a person without a key of their own', () => {
  test('gives their place away on the page with a code, the delegate decides in it, and it is ended there', async () => {
    const { world, gateway } = at();
    const barbara = await gateway.signedIn('barbara');
    const codeAt = await withCodes(barbara);
    // Whose place it is, is nothing that a form says.
    const given = await form(barbara, { ...away('grace'), person: 'edsger', code: codeAt() });
    expect([given.status, given.headers.get('location')]).toEqual([303, '/account']);
    const [delegation] = await standing();
    expect(delegation).toMatchObject({
      from: 'barbara',
      to: 'grace',
      scope: { kind: 'everything' },
      reason: 'at the sea',
      since: Date.parse(day()),
      until: Date.parse(day(3)),
    });
    const action = await world.asked(flushCart());
    const grace = await gateway.signedIn('grace');
    expect((await decideBy(grace, action, { verdict: 'approve' })).status).toBe(303);
    await untilClosed(action);
    expect(await votesOf(action)).toMatchObject([{ person: 'grace', verdict: 'approve' }]);
    expect(await world.effectsOf(action)).toEqual(['flushCache']);

    expect(await (await grace.send('/account')).text()).toContain('You decide in the place of');
    const page = await (await barbara.send('/account')).text();
    expect(page).toContain('decides in your place');
    const id = /name="delegationId" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const over = { kind: 'endDelegation', delegationId: id, reason: 'back', code: codeAt(30_000) };
    expect((await form(barbara, over)).status).toBe(303);
    expect(await (await barbara.send('/account')).text()).toContain('the delegation is ended');
    expect(await standing()).toEqual([]);
  });

  test('does the same over the API', async () => {
    const { world, gateway } = at();
    const edsger = await gateway.signedIn('edsger');
    const codeAt = await withCodes(edsger);
    const scope = { kind: 'service', service: 'cart' };
    const given = await edsger.json('/api/orders', byCode(to('ada', { scope }), codeAt()));
    expect(given.status).toBe(200);
    const { delegationId } = (await given.json()) as { delegationId: string };
    const action = await world.asked(flushCart());
    const ada = await gateway.signedIn('ada');
    expect((await decideBy(ada, action, { verdict: 'deny', reason: 'not now' })).status).toBe(303);
    await untilClosed(action);
    expect(await votesOf(action)).toMatchObject([{ person: 'ada', verdict: 'deny' }]);
    const end = { kind: 'endDelegation', delegationId, reason: 'back' };
    expect((await edsger.json('/api/orders', byCode(end, codeAt(30_000)))).status).toBe(200);
    expect(await standing()).toEqual([]);
  });

  test('places a hold, lifts it, and grants a level', async () => {
    const { world, gateway } = at();
    const margaret = await gateway.signedIn('margaret');
    const codeAt = await withCodes(margaret);
    const hold = { kind: 'hold', scope: { kind: 'agent', agent: 'deploy-agent' }, reason: 'errors' };
    const placed = await margaret.json('/api/orders', byCode(hold, codeAt()));
    const { holdId } = (await placed.json()) as { holdId: string };
    expect(await world.countersign.holds()).toMatchObject([{ id: holdId, placedBy: 'margaret' }]);
    const lift = { kind: 'lift', holdId, reason: 'mended' };
    expect((await margaret.json('/api/orders', byCode(lift, codeAt(30_000)))).status).toBe(200);
    expect(await world.countersign.holds()).toEqual([]);
    const linus = await gateway.signedIn('linus');
    const grant = {
      kind: 'grant',
      agent: 'cache-agent',
      agentVersion: '1.4.0',
      actionType: 'cache.flush',
      serviceTier: 3,
      level: 2,
      reason: 'a good month',
    };
    const granted = await linus.json('/api/orders', byCode(grant, (await withCodes(linus))()));
    expect([granted.status, await granted.json()]).toEqual([200, { kind: 'granted', level: 2 }]);
  });

  test('is told everything that speaks against an order, and nothing is changed', async () => {
    const grace = await at().gateway.signedIn('grace');
    const codeAt = await withCodes(grace);
    const scope = { kind: 'service', service: 'nowhere' };
    const wrong = to('grace', { scope, until: Date.now() - 2 * HOUR });
    const [status, problem] = await problemIn(await grace.json('/api/orders', byCode(wrong, codeAt())));
    expect([status, problem]).toMatchObject([422, { type: 'urn:countersign:problem:refused' }]);
    const { errors } = problem as { errors: { where: string }[] };
    expect(errors.map(({ where }) => where)).toEqual(['to', 'scope.service', 'until', 'until']);
    const shown = await form(grace, { ...away('grace'), code: codeAt(30_000) });
    expect([shown.status, await shown.text()]).toEqual([
      422,
      expect.stringContaining('Who decides in your place: is yourself: name somebody else'),
    ]);
    const faulty = await form(grace, { ...away('ada'), until: '2026-02-30', scope: 'all', reason: ' ' });
    const page = await faulty.text();
    expect(faulty.status).toBe(400);
    for (const where of ['Last day: must be a day', 'On what: must be', 'Why: is empty'])
      expect(page).toContain(where);
    expect(await standing()).toEqual([]);
  });
});

test('the form that was refused holds what was typed, and is mended without typing it once more', async () => {
  const ada = await at().gateway.signedIn('ada');
  const codeAt = await withCodes(ada);
  const typed = { ...away('grace'), from: day(1), scope: 'service:cart', reason: 'at the sea' };
  const refused = await form(ada, { ...typed, until: day(-1), code: codeAt() });
  expect(refused.status).toBe(422);
  const page = await refused.text();
  expect(page).toContain('Last day: ');
  expect(page).not.toMatch(/until: |\d{4}-\d\d-\d\dT[\d:.]+Z [^(]/);
  expect(page).toMatch(/<option value="grace" selected>/);
  expect(page).toMatch(/<option value="service:cart" selected>/);
  expect(page).toContain(`name="from" min="${day()}" value="${day(1)}"`);
  expect(page).toContain(`name="until" min="${day()}" value="${day(-1)}"`);
  expect(page).toMatch(/id="why-away"[^>]*value="at the sea"/);
  // A code is taken once: the next one is asked for.
  expect(page).toMatch(/id="code-away" name="code"(?![^>]*value=)/);
  expect(await standing()).toEqual([]);
});

describe('INVARIANT 3: an order is not signed', () => {
  test('for somebody who is only signed in', async () => {
    const ada = await at().gateway.signedIn('ada');
    const answer = await ada.json('/api/orders', { order: to('grace') });
    expect(await problemIn(answer)).toMatchObject([403, { type: 'urn:countersign:problem:step-up-needed' }]);
    const shown = await form(ada, away('grace'));
    expect([shown.status, await shown.text()]).toEqual([
      403,
      expect.stringContaining('an order needs your passkey, or a code'),
    ]);
    expect((await ada.json('/api/orders', byCode(to('grace'), '000000'))).status).toBe(403);
    expect(await standing()).toEqual([]);
  });

  test.each([{ person: 'barbara' }, { at: 1 }, { authentication: 'passkey' }])(
    'that says %o itself',
    async (more) => {
      const ada = await at().gateway.signedIn('ada');
      const answer = await ada.json('/api/orders', byCode(to('grace', more), '000000'));
      const [where] = Object.keys(more);
      expect(await problemIn(answer)).toMatchObject([
        400,
        { errors: [{ where: `order.${where}`, problem: 'is not a known member' }] },
      ]);
    },
  );

  test('for nobody, or from elsewhere', async () => {
    const { gateway } = at();
    expect(
      (await gateway.browser().json('/api/orders', byCode(to('grace'), '000000'), { 'x-csrf-token': '' }))
        .status,
    ).toBe(401);
    const barbara = await gateway.signedIn('barbara');
    const { csrf } = await barbara.me();
    const body = byCode(to('grace'), '000000');
    const attempts = [
      barbara.json('/api/orders', body, { 'x-csrf-token': '' }),
      barbara.json('/api/orders', body, { origin: 'https://evil.example' }),
      barbara.form('/account/orders', away('grace')),
      barbara.form('/account/orders/options', away('grace')),
      barbara.form('/account/orders', { ...away('grace'), csrf }, { 'sec-fetch-site': 'cross-site' }),
    ];
    for (const answer of await Promise.all(attempts)) {
      expect(answer.status).toBe(403);
      expect(await answer.text()).toMatch(/did not come from a page of ours/);
    }
    expect(await standing()).toEqual([]);
  });
});

test('an order that a person signed with their own key needs no session, and goes alone', async () => {
  const { world, gateway } = at();
  const hold: Unsigned = { kind: 'hold', scope: { kind: 'service', service: 'web' }, reason: 'errors' };
  const jws = await signed(world, 'radia', hold);
  const nobody = gateway.browser();
  const post = (body: object) => nobody.json('/api/orders', body, { 'x-csrf-token': 'none' });
  expect(await problemIn(await post({ jws, order: hold }))).toMatchObject([
    400,
    { errors: [{ where: 'order' }] },
  ]);
  expect(await problemIn(await post({}))).toMatchObject([400, { errors: [{ where: 'order' }] }]);
  expect((await post({ jws })).status).toBe(200);
  expect(await world.countersign.holds()).toMatchObject([{ placedBy: 'radia' }]);
});

test('an order that its person did not sign, or signed long ago, starts nothing', async () => {
  const { world, gateway } = at();
  const hold: Unsigned = { kind: 'hold', scope: { kind: 'service', service: 'cart' }, reason: 'errors' };
  const forged = await signed(world, 'radia', hold, {}, newKey());
  const old = await signed(world, 'radia', hold, { at: Date.now() - HOUR });
  for (const [jws, where] of [
    [forged, 'signature'],
    [old, 'at'],
  ] as const) {
    const answer = await gateway.browser().json('/api/orders', { jws }, { 'x-csrf-token': 'none' });
    expect(await problemIn(answer)).toMatchObject([422, { errors: [{ where }] }]);
    await expect(world.client.workflow.getHandle(orderWorkflowId(jws)).describe()).rejects.toThrow(
      /not found/i,
    );
  }
});
