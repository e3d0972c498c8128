import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { actionIdOf } from '../../src/contract/ids.ts';
import { newKey } from '../support/installation.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import { AGENT_KEY, untilClosed, useDecidedWorld } from './decided-world.ts';
import { compact, passOf, signed } from './signed.ts';
import type { TestGateway } from './support.ts';

const at = useDecidedWorld();
const HOUR = 3_600_000;

interface Proposed {
  readonly actionId: string;
  readonly signed: boolean;
  readonly ruling?: { readonly tier: number; readonly mode: string; readonly reasons: readonly string[] };
}

async function propose(gateway: TestGateway, body: string, type = 'application/json') {
  const answer = await gateway.browser().send('/api/actions?wait=ruling', {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    answer: (await answer.json()) as Proposed & { errors?: { where: string }[]; detail?: string },
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

  test('with faults is refused with all of them', async () => {
    const { status, answer } = await propose(
      at().gateway,
      JSON.stringify({ ...signed(proposal(), AGENT_KEY), target: '', evidence: [] }),
    );
    expect(status).toBe(422);
    expect(answer.errors?.map(({ where }) => where)).toEqual(expect.arrayContaining(['target', 'evidence']));
  });

  test('as a form of another site is not taken at all', async () => {
    const { gateway } = at();
    const answer = await gateway.browser().send('/api/actions', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify(proposal()),
    });
    expect(answer.status).toBe(400);
  });
});

describe('a proposal over HTTP that nobody signed', () => {
  const TAKEN = { openAtOnce: 20, perHour: 30 };

  /** A gateway of its own, whose installation takes some. */
  async function taking(unsignedProposals: Taken, ahead: number) {
    const { installation } = at().gateway;
    const { gateway = { url: '', keys: [], stepUpFromTier: 3 as const } } = installation.rules;
    const rules = { ...installation.rules, gateway: { ...gateway, unsignedProposals } };
    const started = await at().gateway.again({ installation: { ...installation, rules } });
    started.clock.ahead = ahead;
    onTestFinished(() => started.stop());
    return started;
  }
  type Taken = { readonly openAtOnce: number; readonly perHour: number };
  const unsigned = (gateway: TestGateway, wanted = proposal()) => propose(gateway, JSON.stringify(wanted));
  const actionOf = (wanted = proposal()) =>
    at().world.countersign.action(actionIdOf({ ...wanted, authenticated: false }));
  /** Each test counts its own hour. */
  let hours = 0;
  const hourOfItsOwn = () => {
    hours += 2;
    return hours * HOUR;
  };

  test('is not taken, unless the installation takes some', async () => {
    const wanted = proposal();
    const { status, answer } = await unsigned(at().gateway, wanted);
    expect([status, answer.detail]).toEqual([403, expect.stringContaining('gateway.unsignedProposals')]);
    await expect(actionOf(wanted).state()).rejects.toThrow('is not known');
    // Nor is it looked at.
    expect((await propose(at().gateway, '{}')).status).toBe(403);
  });

  test('INVARIANT 10: is only recommended, whatever level its agent has', async () => {
    const { world } = at();
    const wanted = proposal();
    const { status, answer } = await unsigned(await taking(TAKEN, hourOfItsOwn()), wanted);
    expect([status, answer]).toEqual([202, { actionId: actionOf(wanted).actionId, signed: false }]);
    const action = actionOf(wanted);
    await vi.waitFor(() => action.state(), PATIENCE);
    await untilClosed(action);
    const { ruling } = await action.state();
    expect(ruling).toMatchObject({ tier: 4, mode: 'recommend' });
    expect(ruling?.reasons.join()).toContain('handed in unsigned');
    expect(await world.effectsOf(action)).toEqual([]);
    // Signed or by the SDK, the same would have run at once.
    expect((await world.countersign.proposeAndRule(wanted)).ruling).toMatchObject({ mode: 'execute' });
  });

  test('takes no id that its agent may want', async () => {
    const { world } = at();
    const gateway = await taking(TAKEN, hourOfItsOwn());
    const wanted = deploy('4.0.1');
    const squatted = await unsigned(gateway, { ...wanted, params: { version: '6.6.6' } });
    expect(squatted.status).toBe(202);
    const own = await propose(gateway, await compact(wanted, AGENT_KEY), 'application/jose');
    expect(own.status).toBe(201);
    expect(own.answer.actionId).not.toBe(squatted.answer.actionId);
    expect((await world.countersign.action(own.answer.actionId).state()).proposal.params).toEqual({
      version: '4.0.1',
    });
  });

  test.each([
    ['service', { target: 'checkot' }],
    ['action type', { actionType: 'cache.flsh' }],
    ['environment', { environment: 'prod' }],
    ['agent', { agent: { id: 'cache-agnt', version: '1.4.0' } }],
  ])('is answered the same where it names a %s that there is not', async (_what, changes) => {
    const gateway = await taking(TAKEN, hourOfItsOwn());
    const [known, unknown] = [proposal(), proposal(changes)];
    const [one, other] = [await unsigned(gateway, known), await unsigned(gateway, unknown)];
    expect([one.status, Object.keys(one.answer)]).toEqual([other.status, Object.keys(other.answer)]);
    expect(other.answer).toEqual({ actionId: actionOf(unknown).actionId, signed: false });
    await vi.waitFor(() => actionOf(known).state(), PATIENCE);
    await expect(actionOf(unknown).result()).rejects.toMatchObject({ name: 'ProposalRefused' });
    expect(await at().world.ledger.entriesOf(actionOf(unknown).actionId)).toEqual([]);
  });

  test('is one of so many in an hour, whichever gateway it comes to, while signed ones go on', async () => {
    const ahead = hourOfItsOwn();
    const taken = { openAtOnce: 100, perHour: 3 };
    const [first, second] = [await taking(taken, ahead), await taking(taken, ahead)];
    const wanted = proposal();
    for (const gateway of [first, second, first]) expect((await unsigned(gateway)).status).toBe(202);
    const next = await unsigned(second, wanted);
    expect([next.status, next.answer.detail]).toEqual([
      429,
      expect.stringContaining('at most 3 unsigned proposals are taken within 1 hour'),
    ]);
    expect(Number(next.retryAfter)).toBeGreaterThan(3_500);
    await expect(actionOf(wanted).state()).rejects.toThrow('is not known');
    const own = await propose(second, await compact(deploy('4.0.5'), AGENT_KEY), 'application/jose');
    expect(own.status).toBe(201);
    second.clock.ahead += HOUR;
    expect((await unsigned(second)).status).toBe(202);
  });

  test('waits for a place where so many are open', async () => {
    const database = await openDatabase(at().world.testDatabase.urls.worker, 'worker');
    onTestFinished(() => database.close());
    const ledger = createLedger(database);
    const entry = (actionId: string, kind: 'ruled' | 'closed', body: object) =>
      ledger.append({ actionId, kind, at: Date.now(), eventId: `${actionId}/${kind}`, body });
    const ids = Array.from({ length: TAKEN.openAtOnce }, (_, i) => `~cache-agent.open-${i}`);
    for (const id of ids) await entry(id, 'ruled', ruledBody());
    const gateway = await taking(TAKEN, hourOfItsOwn());
    const { status, answer } = await unsigned(gateway);
    expect([status, answer.detail]).toEqual([429, expect.stringContaining('20 unsigned proposals are open')]);
    for (const id of ids) await entry(id, 'closed', closedBody('recommended'));
    expect((await unsigned(gateway)).status).toBe(202);
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
