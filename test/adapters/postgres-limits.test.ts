import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Leases } from '../../src/activities/ports/leases.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import type { Limit } from '../../src/domain/admission/limits.ts';
import type { AdmissionRequest } from '../../src/domain/admission/what-stops.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { createStore, fact, leased, type Store } from './postgres-support.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

let store: Store;
let ledger: PostgresLedger;
let leases: Leases;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  leases = createLeases(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const rate = (atMost: number, per: Limit['per'] = ['agent']): Limit => ({
  kind: 'rate',
  per,
  atMost,
  withinMs: HOUR,
});
interface Try extends Partial<Omit<AdmissionRequest, 'action'>> {
  readonly target?: string;
  readonly environment?: string;
  readonly agent?: string;
  readonly type?: string;
  readonly risk?: number;
  readonly by?: Leases;
}

/** An action that is ruled on and asks to run; each on a target of its own unless a test says where. */
async function attempt(id: string, asked: Try = {}) {
  const {
    target = id,
    environment = 'production',
    agent = 'cache-agent',
    type = 'cache.flush',
    risk = 0,
  } = asked;
  const { by = leases, limits = [], at = NOW, neighbourhood } = asked;
  const who = { id: agent, version: '1.4.0', owner: 'user:radia' };
  const ruled = ruledBody({ action: { target, environment, type, agent: who }, impact: { riskScore: risk } });
  await ledger.append(fact(id, { body: ruled }));
  return by.acquire(
    { action: leased(id, { target, environment, type, agent: who }), at, limits, neighbourhood },
    fact(id, { eventId: `${id}/run/admitted`, kind: 'admitted', at }),
    `${id}/run/closed`,
  );
}

const closes = (id: string, target = id) =>
  leases.release(
    { action: leased(id, { target }) },
    fact(id, { eventId: `${id}/run/closed`, kind: 'closed', body: closedBody('succeeded') }),
  );

const kindsOf = (answers: readonly { readonly kind: string }[]) =>
  Object.fromEntries(
    ['acquired', 'limited', 'busy'].map((kind) => [kind, answers.filter((one) => one.kind === kind).length]),
  );

describe('fifty actions that ask at once, of two workers', () => {
  const fifty = Array.from({ length: 50 }, (_, n) => n);
  let workers: Leases[];
  beforeAll(async () => {
    workers = (await Promise.all([store.open(), store.open()])).map(createLeases);
  });
  const ask = (asked: (n: number) => Try) =>
    Promise.all(fifty.map((n) => attempt(`action-${n}`, { ...asked(n), by: workers[n % 2] ?? leases })));

  test('exactly as many pass as the rate lets through', async () => {
    const limits = [rate(7)];
    expect(kindsOf(await ask(() => ({ limits })))).toEqual({ acquired: 7, limited: 43, busy: 0 });
  });

  test('a budget of 100 lets ten of risk 10 through', async () => {
    const limits: Limit[] = [{ kind: 'budget', per: ['agent'], risk: 100, withinMs: HOUR }];
    const answers = await ask(() => ({ limits, risk: 10 }));
    expect(kindsOf(answers)).toEqual({ acquired: 10, limited: 40, busy: 0 });
  });

  test('of services that all need each other two run', async () => {
    const targets = fifty.map((n) => `production/action-${n}`);
    const beside = Object.fromEntries(
      targets.map((target) => [target, targets.filter((other) => other !== target)]),
    );
    const answers = await ask(() => ({ neighbourhood: { atOnce: 2, beside } }));
    expect(kindsOf(answers)).toEqual({ acquired: 2, limited: 0, busy: 48 });
  });

  test('each agent has a rate of its own', async () => {
    const limits = [rate(3)];
    const answers = await ask((n) => ({ limits, agent: `agent-${n % 5}` }));
    expect(kindsOf(answers)).toEqual({ acquired: 15, limited: 35, busy: 0 });
  });
});

test('what is over still counts until it is out of its time, and then there is room', async () => {
  const limits = [rate(2)];
  await attempt('one', { limits, at: NOW });
  await closes('one');
  await attempt('two', { limits, at: NOW + 5 });
  expect(await attempt('three', { limits, at: NOW + 10 })).toMatchObject({ freeAt: NOW + HOUR });
  expect(await attempt('three', { limits, at: NOW + HOUR - 1 })).toMatchObject({ kind: 'limited' });
  expect(await attempt('three', { limits, at: NOW + HOUR })).toMatchObject({ kind: 'acquired' });
});

test('what was admitted without a limit counts: people approved it', async () => {
  await attempt('approved', { limits: [] });
  expect(await attempt('next', { limits: [rate(1)] })).toMatchObject({ kind: 'limited' });
  expect(await attempt('approved too', { limits: [] })).toMatchObject({ kind: 'acquired' });
});

test('an action that was refused or asked in vain does not count', async () => {
  const limits = [rate(1)];
  await attempt('one', { limits, target: 'cart' });
  for (const n of [1, 2, 3]) await attempt(`in vain ${n}`, { limits: [], target: 'cart' });
  expect(await attempt('two', { limits: [rate(2)] })).toMatchObject({ kind: 'acquired' });
});

test('an action that asks again has been counted once', async () => {
  const limits = [rate(1)];
  expect(await attempt('one', { limits })).toEqual({ kind: 'acquired', fencingToken: 2 });
  expect(await attempt('one', { limits })).toEqual({ kind: 'acquired', fencingToken: 2 });
});

test.each<[Limit['per'], Try, string]>([
  [['agent'], { agent: 'other' }, 'acquired'],
  [['agent'], { type: 'other', environment: 'staging' }, 'limited'],
  [['actionType'], { type: 'other' }, 'acquired'],
  [['actionType'], { agent: 'other', environment: 'staging' }, 'limited'],
  [['service'], { target: 'cart', environment: 'staging' }, 'acquired'],
  [['service'], { target: 'cart', agent: 'other', type: 'other' }, 'limited'],
  [['agent', 'actionType', 'service'], { target: 'cart', agent: 'other' }, 'acquired'],
  [['agent', 'actionType', 'service'], { target: 'cart' }, 'limited'],
])('per %j: one that is %j is then %s', async (per, other, kind) => {
  await attempt('one', { target: 'cart' });
  await closes('one', 'cart');
  expect(await attempt('two', { ...other, limits: [rate(1, per)] })).toMatchObject({ kind });
});

test('of many admitted before, those count that are in the way', async () => {
  for (let n = 0; n < 40; n += 1) await attempt(`action-${n}`, { at: NOW + n, risk: n % 4 });
  const at = NOW + 40;
  expect(await attempt('rate', { at, limits: [rate(40)] })).toMatchObject({ freeAt: NOW + HOUR });
  expect(await attempt('rate', { at, limits: [rate(10)] })).toMatchObject({ freeAt: NOW + 30 + HOUR });
  const limits: Limit[] = [{ kind: 'budget', per: ['agent'], risk: 60, withinMs: HOUR }];
  expect(await attempt('risky', { at, limits, risk: 1 })).toMatchObject({ freeAt: NOW + 1 + HOUR });
});
