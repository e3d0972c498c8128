import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { newKey } from '../support/installation.ts';
import { aHold, signed as orderSigned } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import type { Browser } from './browser.ts';
import {
  AGENT_KEY,
  decideBy,
  formOf,
  untilClosed,
  useDecidedWorld,
  votesOf,
  withCodes,
} from './decided-world.ts';
import { passOf, signed } from './signed.ts';
import type { TestGateway } from './support.ts';

const at = useDecidedWorld();

const flushCart = () => proposal({ target: 'cart' });
const deployed = (version: string) => signed(deploy(version), AGENT_KEY);

describe('a person who is signed in', () => {
  test('approves on the page, and it runs', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const answer = await decideBy(barbara, action, { verdict: 'approve' });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, `/actions/${action.actionId}`]);
    await untilClosed(action);
    expect(await votesOf(action)).toEqual([
      { person: 'barbara', verdict: 'approve', authentication: 'session' },
    ]);
    expect(await world.effectsOf(action)).toEqual(['flushCache']);
  });

  test('denies with a reason, and nothing runs', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const answer = await decideBy(barbara, action, {
      verdict: 'deny',
      named: 'Too risky',
      reason: 'it is Friday',
    });
    expect(answer.status).toBe(303);
    await untilClosed(action);
    expect((await action.state()).votes[0]?.reason).toBe('Too risky: it is Friday');
    expect(await world.effectsOf(action)).toEqual([]);
  });

  test('INVARIANT 2: cannot decide from a page of before a change, and is told so', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    for (const stale of [{ digest: '0'.repeat(64) }, { runId: crypto.randomUUID() }]) {
      const answer = await decideBy(barbara, action, { verdict: 'approve', ...stale });
      expect(answer.status).toBe(409);
      expect(await answer.text()).toContain('it has changed since you were shown it');
    }
    expect(await votesOf(action)).toEqual([]);
  });

  test('INVARIANT 4: has no say where they are not asked, or on the side that asked', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await deployed('3.0.1'));
    for (const person of ['radia', 'ada']) {
      const browser = await gateway.signedIn(person);
      const codeAt = await withCodes(browser);
      const { csrf: _, ...seen } = await formOf(await gateway.signedIn('grace'), action);
      const answer = await browser.json(`/api/actions/${action.actionId}/decisions`, {
        ...seen,
        verdict: 'approve',
        proof: { kind: 'totp', code: codeAt() },
      });
      expect([person, answer.status]).toEqual([person, 403]);
    }
    expect(await votesOf(action)).toEqual([]);
  });

  test('needs a second proof from tier 3 on, and a code of an authenticator app is one, once', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await deployed('3.0.2'));
    const grace = await gateway.signedIn('grace');
    const refused = await decideBy(grace, action, { verdict: 'approve' });
    expect(refused.status).toBe(403);
    expect(await refused.text()).toContain('this needs your passkey, or a code');
    const codeAt = await withCodes(grace);
    expect((await decideBy(grace, action, { verdict: 'approve', code: codeAt(3_600_000) })).status).toBe(403);
    expect(await votesOf(action)).toEqual([]);
    const code = codeAt();
    expect((await decideBy(grace, action, { verdict: 'approve', code })).status).toBe(303);
    expect(await votesOf(action)).toEqual([{ person: 'grace', verdict: 'approve', authentication: 'totp' }]);
    const second = await world.asked(await deployed('3.0.3'));
    expect((await decideBy(grace, second, { verdict: 'approve', code })).status).toBe(403);
    expect(await votesOf(second)).toEqual([]);
  });
});

describe('a decision that is sent twice, as by a double click', () => {
  const said = async (browser: Browser, action: ActionHandle) =>
    (await (await browser.send(`/actions/${action.actionId}`)).text()).match(
      /Done:<\/strong> <bdi>([^<]*)/,
    )?.[1];

  test('counts once, and the second answer says that the first counts', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const fields = { ...(await formOf(barbara, action)), verdict: 'approve' };
    const path = `/actions/${action.actionId}/decide`;
    const answers = await Promise.all([barbara.form(path, fields), barbara.form(path, fields)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    const told = answers.map((answer) => /done=(\w+)/.exec(answer.headers.getSetCookie().join())?.[1]);
    expect(told.toSorted()).toEqual(['already', 'approve']);
    await untilClosed(action);
    expect(await votesOf(action)).toHaveLength(1);
    // Also long after it was carried out.
    expect((await barbara.form(path, fields)).status).toBe(303);
    expect(await said(barbara, action)).toContain('you had decided this before, and that counts');
    expect(await world.effectsOf(action)).toEqual(['flushCache']);
  });

  test('is no second use of a code', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await deployed('3.3.0'));
    const margaret = await gateway.signedIn('margaret');
    const codeAt = await withCodes(margaret);
    const fields = { ...(await formOf(margaret, action)), verdict: 'approve', code: codeAt() };
    const path = `/actions/${action.actionId}/decide`;
    const answers = await Promise.all([margaret.form(path, fields), margaret.form(path, fields)]);
    expect(answers.map(({ status }) => status)).toEqual([303, 303]);
    expect(await votesOf(action)).toHaveLength(1);
    const proof = { kind: 'totp', code: codeAt(30_000) };
    expect((await margaret.json('/api/factors/totp/remove', { proof })).status).toBe(200);
  });

  test('over HTTP says so too, and to say something else is no copy', async () => {
    const { world, gateway } = at();
    const action = await world.asked(flushCart());
    const barbara = await gateway.signedIn('barbara');
    const { runId = '', digest = '' } = await formOf(barbara, action);
    const say = (verdict: string) =>
      barbara.json(`/api/actions/${action.actionId}/decisions`, { verdict, runId, digest });
    expect(await (await say('deny')).json()).toEqual({ missing: 0 });
    expect(await (await say('deny')).json()).toEqual({ already: true });
    await untilClosed(action);
    expect((await say('approve')).status).toBe(409);
  });
});

test('a denial goes without a reason', async () => {
  const { world, gateway } = at();
  const action = await world.asked(flushCart());
  const barbara = await gateway.signedIn('barbara');
  expect((await decideBy(barbara, action, { verdict: 'deny', named: 'Other', reason: ' ' })).status).toBe(
    303,
  );
  await untilClosed(action);
  expect((await action.state()).outcome?.kind).toBe('deniedByPerson');
  expect(await world.effectsOf(action)).toEqual([]);
});

test('to deny and to ask, being signed in is enough, unless the installation wants more', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await deployed('3.2.0'));
  const margaret = await gateway.signedIn('margaret');
  expect((await decideBy(margaret, action, { verdict: 'ask', reason: 'why now?' })).status).toBe(303);
  expect((await decideBy(margaret, action, { verdict: 'approve' })).status).toBe(403);
  expect((await decideBy(margaret, action, { verdict: 'deny' })).status).toBe(303);
  await untilClosed(action);
  expect(await votesOf(action)).toEqual([{ person: 'margaret', verdict: 'deny', authentication: 'session' }]);
});

test('a review needs no second proof, also of what somebody broke the glass for', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await signed(deploy('2.4.0'), AGENT_KEY));
  await world.say('linus', 'breakGlass', action, { reason: 'checkout is down', incident: 'INC-4711' });
  await untilClosed(action);
  const { runId, digest } = await vi.waitFor(() => world.countersign.review(action.actionId), PATIENCE);
  const grace = await gateway.signedIn('grace');
  const agreed = { verdict: 'approve', runId, digest };
  const answer = await grace.json(`/api/reviews/${action.actionId}/decisions`, agreed);
  expect([answer.status, await answer.json()]).toEqual([200, { missing: 0 }]);
  const review = world.client.workflow.getHandle(`review/${action.actionId}`);
  expect(await review.result()).toEqual({ kind: 'agreed', by: ['grace'] });
});

test('whoever tries codes is locked out after five, however many are tried at once', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await deployed('3.0.4'));
  const linus = await gateway.signedIn('linus');
  const codeAt = await withCodes(linus);
  const fields = await formOf(linus, action);
  const guess = (code: string) =>
    linus.form(`/actions/${action.actionId}/decide`, { ...fields, verdict: 'approve', code });
  const wrong = Array.from({ length: 30 }, (_, i) => String(100_000 + i));
  const answers = await Promise.all(wrong.map(guess));
  expect(answers.filter(({ status }) => status === 403)).toHaveLength(4);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(26);
  const right = await guess(codeAt());
  expect(right.status).toBe(429);
  expect(await votesOf(action)).toEqual([]);
});

test('what a person edits of a signed proposal is still what its agent asked for', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await deployed('3.0.6'));
  const margaret = await gateway.signedIn('margaret');
  const codeAt = await withCodes(margaret);
  const answer = await decideBy(margaret, action, {
    verdict: 'edit',
    params: '{"version":"3.0.7"}',
    reason: 'that one is mended',
    code: codeAt(),
  });
  expect([answer.status, answer.headers.get('location')]).toEqual([303, `/actions/${action.actionId}`]);
  const revised = async () => {
    const { revision, ruling, action: now, status } = await action.state();
    return {
      revision,
      status,
      title: now?.title,
      mode: ruling && 'mode' in ruling ? ruling.mode : undefined,
    };
  };
  await expect.poll(revised, PATIENCE).toEqual({
    revision: 2,
    status: 'waiting',
    title: 'deploy 3.0.7 to checkout',
    mode: 'executeWithApproval',
  });
  expect(await (await margaret.send(`/actions/${action.actionId}`)).text()).toContain(
    'You may not decide on this',
  );
});

test('what a mail scanner does with the links of a mail changes nothing', async () => {
  const { world, gateway } = at();
  const action = await world.asked(flushCart());
  const { signature: _, ...before } = { signature: '', ...(await action.state()) };
  const links = ['', '/decide', '/decide?verdict=approve', '/review'].map(
    (end) => `/actions/${action.actionId}${end}`,
  );
  for (const browser of [gateway.browser(), await gateway.signedIn('barbara')]) {
    for (const link of [
      ...links,
      `/api/actions/${action.actionId}/decisions`,
      `/api/actions/${action.actionId}/cancel`,
    ]) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) await browser.send(link, { method });
    }
  }
  const form = { verdict: 'approve', runId: before.runId, digest: before.ruling?.digest ?? '' };
  const answer = await gateway.browser().form(`/actions/${action.actionId}/decide`, form);
  expect(answer.status).toBe(401);
  expect(await action.state()).toEqual(before);
});

test('a person who left the catalog after the mail was sent decides nothing, session or not', async () => {
  const { world, gateway } = at();
  const action = await world.asked(flushCart());
  const barbara = await gateway.signedIn('barbara');
  const fields = await formOf(barbara, action);
  const whole = gateway.installation;
  const { barbara: _, ...people } = whole.people;
  gateway.installation = { ...whole, people };
  const answer = await barbara.form(`/actions/${action.actionId}/decide`, { ...fields, verdict: 'approve' });
  gateway.installation = whole;
  expect(answer.status).toBe(401);
  expect(await votesOf(action)).toEqual([]);
});

test('what a person signed with their own key needs no session', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await deployed('3.0.5'));
  const hand = (jws: string) =>
    gateway.browser().send(`/api/actions/${action.actionId}/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jws }),
    });
  const forged = await hand(await world.sign('grace', 'approve', action, {}, 'radia'));
  expect([forged.status, await forged.json()]).toMatchObject([422, { refusal: 'badSignature' }]);
  expect((await hand(await world.sign('grace', 'approve', action))).status).toBe(200);
  expect(await votesOf(action)).toEqual([
    { person: 'grace', verdict: 'approve', authentication: 'signing-key' },
  ]);
});

describe('what nobody of ours signed', () => {
  const hand = (gateway: TestGateway, path: string, jws: string, address: string) =>
    gateway.browser().send(path, {
      method: 'POST',
      body: JSON.stringify({ jws }),
      headers: { 'content-type': 'application/json', 'x-forwarded-for': `203.0.113.9, ${address}` },
    });
  const told = async (answer: Response) => [answer.status, await answer.json()];

  test('is answered the same, whether there is such an action, such a person, or such a group', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await deployed('3.1.0'));
    const over = await world.asked(flushCart());
    await world.say('barbara', 'approve', over);
    await untilClosed(over);
    const forged = (person: string, about = action) => world.sign(person, 'approve', about, {}, newKey());
    const path = (id: string) => `/api/actions/${id}/decisions`;
    const expected = [
      422,
      expect.objectContaining({ refusal: 'badSignature', detail: expect.stringMatching(/^it is refused/) }),
    ];
    const answers = [
      await hand(gateway, path(action.actionId), await forged('grace'), '198.51.100.1'),
      await hand(gateway, path(action.actionId), await forged('radia'), '198.51.100.1'),
      await hand(gateway, path(action.actionId), await forged('nobody'), '198.51.100.1'),
      await hand(gateway, path(action.actionId), 'nonsense', '198.51.100.1'),
      await hand(gateway, path('deploy-agent.never-asked'), await forged('grace'), '198.51.100.1'),
      await hand(gateway, path(over.actionId), await forged('grace', over), '198.51.100.1'),
      await hand(
        gateway,
        `/api/reviews/${over.actionId}/decisions`,
        await forged('grace', over),
        '198.51.100.1',
      ),
    ];
    const all = await Promise.all(answers.map(told));
    expect(all[0]).toEqual(expected);
    expect(all).toEqual(all.map(() => all[0]));
    expect((await action.state()).refusedDecisions).toEqual([]);
  });

  test('tells whoever did sign it why it does not count', async () => {
    const { world, gateway } = at();
    const over = await world.asked(flushCart());
    await world.say('barbara', 'approve', over);
    await untilClosed(over);
    const path = `/api/actions/${over.actionId}/decisions`;
    const late = await hand(
      gateway,
      path,
      await world.sign('barbara', 'revoke', over, { reason: 'no' }),
      '198.51.100.2',
    );
    expect(await told(late)).toMatchObject([409, { refusal: 'notOpen' }]);
  });

  test('is looked at so often from one address, whatever that address writes before it', async () => {
    const { world, gateway } = at();
    const action = await world.asked(await deployed('3.1.1'));
    const path = `/api/actions/${action.actionId}/decisions`;
    const statuses = [];
    for (const _ of Array.from({ length: 121 }))
      statuses.push((await hand(gateway, path, 'nonsense', '2001:db8::7')).status);
    expect([statuses[0], statuses[119], statuses[120]]).toEqual([422, 422, 429]);
    // Its neighbour in the same network is the same, and others go on.
    const signed = await world.sign('grace', 'approve', action);
    expect((await hand(gateway, path, signed, '2001:db8:0:0:1::9')).status).toBe(429);
    expect((await hand(gateway, path, signed, '2001:db8:1::7')).status).toBe(200);
  });

  test('orders nothing, and does not learn who could', async () => {
    const { gateway } = at();
    const order = (person: string) =>
      orderSigned(at().world, person, aHold({ kind: 'everything' }), {}, newKey());
    const answers = [];
    for (const person of ['grace', 'nobody'])
      answers.push(await told(await hand(gateway, '/api/orders', await order(person), '198.51.100.3')));
    expect(answers[0]).toMatchObject([422, { errors: [{ where: 'signature' }] }]);
    expect(answers[1]).toEqual(answers[0]);
  });
});

test('INVARIANT 4: an agent decides nothing, by its key in anybody’s name or by its pass', async () => {
  const { world, gateway } = at();
  const action = await world.asked(await deployed('3.0.8'));
  const hand = (body: object, headers: Record<string, string> = {}) =>
    gateway.browser().send(`/api/actions/${action.actionId}/decisions`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  for (const [person, authentication, refusal] of [
    ['grace', 'signing-key', 'badSignature'],
    ['grace', 'passkey', 'badSignature'],
    ['deploy-agent', 'signing-key', 'badSignature'],
  ] as const) {
    const jws = await world.sign(person, 'approve', action, { authentication }, AGENT_KEY);
    expect(await (await hand({ jws })).json()).toMatchObject({ refusal });
  }
  const { runId, ruling } = await action.state();
  const approval = { verdict: 'approve', runId, digest: ruling?.digest };
  const pass = await passOf('deploy-agent', gateway.origin, AGENT_KEY);
  expect((await hand(approval, { authorization: `Bearer ${pass}` })).status).toBe(401);
  expect(await votesOf(action)).toEqual([]);
});

test('a faulty decision is refused with everything that is wrong with it', async () => {
  const { gateway } = at();
  const browser = await gateway.signedIn('barbara');
  const answer = await browser.json('/api/actions/any/decisions', {
    verdict: 'maybe',
    runId: 'x',
    digest: 'y',
  });
  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  const { errors } = (await answer.json()) as { errors: { where: string }[] };
  expect(errors.map(({ where }) => where)).toEqual(['verdict', 'runId', 'digest']);
});

test('of two ways to decide, what is wrong is said of the one that was meant', async () => {
  const { gateway } = at();
  const browser = await gateway.signedIn('barbara');
  const wrongIn = async (body: object) => {
    const answer = await browser.json('/api/actions/any/decisions', body);
    const { errors } = (await answer.json()) as { errors: { where: string }[] };
    return errors.map(({ where }) => where);
  };
  expect(await wrongIn({ verdict: 'deny' })).toEqual(['runId', 'digest']);
  expect(await wrongIn({ jws: '' })).toEqual(['jws']);
});
