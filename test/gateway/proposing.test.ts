import { describe, expect, onTestFinished, test } from 'vitest';
import { actionIdOf } from '../../src/contract/ids.ts';
import { newKey } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { AGENT_KEY, untilClosed, useDecidedWorld } from './decided-world.ts';
import { compact, passOf, signed } from './signed.ts';
import type { TestGateway } from './support.ts';

const at = useDecidedWorld();

interface Proposed {
  readonly actionId: string;
  readonly signed: boolean;
  readonly ruling?: { readonly tier: number; readonly mode: string; readonly reasons: readonly string[] };
}

async function propose(gateway: TestGateway, body: string, type = 'application/json') {
  const answer = await gateway.browser().send('/api/actions?wait=ruling', {
    ...{ method: 'POST', headers: { 'content-type': type }, body },
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    answer: (await answer.json()) as Proposed & { errors?: { where: string }[] },
  };
}

describe('a proposal over HTTP', () => {
  test('that its agent signed is ruled on like any other', async () => {
    const { gateway } = at();
    const { status, answer } = await propose(
      gateway,
      await compact(deploy('4.0.0'), AGENT_KEY),
      'application/jose',
    );
    expect(status).toBe(201);
    expect(answer).toMatchObject({ signed: true, ruling: { tier: 3, mode: 'executeWithApproval' } });
    // Whoever reads it does not get what it was signed with.
    const grace = await gateway.signedIn('grace');
    const shown = await (await grace.send(`/api/actions/${answer.actionId}`)).text();
    expect(shown).toContain('4.0.0');
    expect(shown).not.toContain('signature');
  });

  test('INVARIANT 10: that nobody signed is only recommended, whatever level its agent has', async () => {
    const { world, gateway } = at();
    const asked = proposal();
    const { status, answer } = await propose(gateway, JSON.stringify(asked));
    expect(status).toBe(201);
    expect(answer).toMatchObject({ signed: false, ruling: { tier: 4, mode: 'recommend' } });
    expect(answer.ruling?.reasons.join()).toContain('handed in unsigned');
    const action = world.countersign.action(answer.actionId);
    await untilClosed(action);
    expect(await world.effectsOf(action)).toEqual([]);
    // Signed or by the SDK, the same would have run at once.
    expect((await world.countersign.proposeAndRule(asked)).ruling).toMatchObject({ mode: 'execute' });
  });

  test('that nobody signed takes no id that its agent may want', async () => {
    const { world, gateway } = at();
    const wanted = deploy('4.0.1');
    const squatted = await propose(gateway, JSON.stringify({ ...wanted, params: { version: '6.6.6' } }));
    expect(squatted.status).toBe(201);
    const own = await propose(gateway, await compact(wanted, AGENT_KEY), 'application/jose');
    expect(own.status).toBe(201);
    expect(own.answer.actionId).not.toBe(squatted.answer.actionId);
    expect((await world.countersign.action(own.answer.actionId).state()).proposal.params).toEqual({
      version: '4.0.1',
    });
  });

  test.each([
    ['by another key', () => compact(deploy('4.0.2'), newKey())],
    ['by the key of nobody, for an agent without keys', () => compact(proposal(), AGENT_KEY)],
    [
      'over something else',
      async () => {
        const [header, , signature] = (await compact(deploy('4.0.3'), AGENT_KEY)).split('.');
        const [, payload] = (await compact(deploy('6.6.6'), AGENT_KEY)).split('.');
        return `${header}.${payload}.${signature}`;
      },
    ],
    [
      'with the algorithm "none"',
      async () => {
        const [, payload] = (await compact(deploy('4.0.4'), AGENT_KEY)).split('.');
        return `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.x`;
      },
    ],
  ])('that is signed %s is refused, and starts nothing', async (_how, token) => {
    const { status, answer } = await propose(at().gateway, await token(), 'application/jose');
    expect([status, answer.errors?.map(({ where }) => where)]).toEqual([422, ['signature']]);
  });

  test('that nobody signed is one of 30 in a minute: the next starts nothing, while signed ones go on', async () => {
    const { world, gateway } = at();
    let now = Date.now();
    const counting = await gateway.again({ changes: { now: () => now } });
    onTestFinished(() => counting.stop());
    const unsigned = (changes = {}) => propose(counting, JSON.stringify(proposal(changes)));
    for (const _ of Array.from({ length: 30 }))
      expect((await unsigned({ target: 'nowhere' })).status).toBe(422);
    const wanted = proposal();
    const next = await propose(counting, JSON.stringify(wanted));
    expect([next.status, next.retryAfter]).toEqual([429, '60']);
    const started = world.countersign.action(actionIdOf({ ...wanted, authenticated: false }));
    await expect(started.state()).rejects.toThrow('is not known');
    const own = await propose(counting, await compact(deploy('4.0.5'), AGENT_KEY), 'application/jose');
    expect(own.status).toBe(201);
    now += 60_000;
    expect((await unsigned()).status).toBe(201);
  });

  test('with faults is refused with all of them', async () => {
    const { status, answer } = await propose(
      at().gateway,
      JSON.stringify({ ...proposal(), target: '', evidence: [] }),
    );
    expect(status).toBe(422);
    expect(answer.errors?.map(({ where }) => where)).toEqual(expect.arrayContaining(['target', 'evidence']));
  });

  test('as a form of another site is not taken at all', async () => {
    const { gateway } = at();
    const answer = await gateway.browser().send('/api/actions', {
      ...{ method: 'POST', headers: { 'content-type': 'text/plain' }, body: JSON.stringify(proposal()) },
    });
    expect(answer.status).toBe(400);
  });
});

describe('past the gateway', () => {
  test('an agent that has keys is not believed without its signature, or with a wrong one', async () => {
    const { world } = at();
    const bare = await world.countersign.proposeAndRule(deploy('4.1.0'));
    const forged = await world.countersign.proposeAndRule(await signed(deploy('4.1.1'), newKey()));
    for (const { ruling } of [bare, forged]) expect(ruling).toMatchObject({ tier: 4, mode: 'recommend' });
    const own = await world.countersign.proposeAndRule(await signed(deploy('4.1.2'), AGENT_KEY));
    expect(own.ruling).toMatchObject({ tier: 3, mode: 'executeWithApproval' });
  });
});

describe('an agent with a pass of its own', () => {
  const pass = (gateway: TestGateway, agent: string, seconds = 300, key = AGENT_KEY) =>
    passOf(agent, gateway.origin, key, seconds);

  test('sees and cancels what it proposed, and nothing else', async () => {
    const { world, gateway } = at();
    const own = await world.asked(await signed(deploy('4.2.0'), AGENT_KEY));
    const other = await world.asked(proposal({ target: 'cart' }));
    const as = async (token: string, path: string, method = 'GET') =>
      (await gateway.browser().send(path, { method, headers: { authorization: `Bearer ${token}` } })).status;
    const token = await pass(gateway, 'deploy-agent');
    expect(await as(token, `/api/actions/${own.actionId}`)).toBe(200);
    expect(await as(token, `/api/actions/${own.actionId}/explanation`)).toBe(200);
    expect(await as(token, `/api/actions/${other.actionId}`)).toBe(403);
    expect(await as(token, `/api/actions/${other.actionId}/cancel`, 'POST')).toBe(403);
    expect(await as(token, '/api/approvals')).toBe(401);
    expect(await as(await pass(gateway, 'deploy-agent', 3_600), `/api/actions/${own.actionId}`)).toBe(401);
    expect(await as(await pass(gateway, 'deploy-agent', -1), `/api/actions/${own.actionId}`)).toBe(401);
    expect(await as(await pass(gateway, 'deploy-agent', 300, newKey()), `/api/actions/${own.actionId}`)).toBe(
      401,
    );
    expect(await as(await pass(gateway, 'cache-agent'), `/api/actions/${other.actionId}`)).toBe(401);
    expect(await as(token, `/api/actions/${own.actionId}/cancel`, 'POST')).toBe(200);
    await untilClosed(own);
    expect((await own.state()).outcome?.kind).toBe('cancelled');
  });
});

test('a request is withdrawn by who owns its agent, and by nobody else', async () => {
  const { world, gateway } = at();
  const action = await world.asked(proposal({ target: 'cart' }));
  const cancel = async (person: string) =>
    (await (await gateway.signedIn(person)).json(`/api/actions/${action.actionId}/cancel`, {})).status;
  expect(await cancel('barbara')).toBe(403);
  expect(await cancel('radia')).toBe(200);
  await untilClosed(action);
});
