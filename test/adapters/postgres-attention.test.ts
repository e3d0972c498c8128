import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { AttentionRecords } from '../../src/activities/ports/attention-records.ts';
import { createAttentionRecords } from '../../src/adapters/postgres/attention.ts';
import { createHolds } from '../../src/adapters/postgres/holds.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { askedIn } from '../../src/domain/attention/request-facts.ts';
import type { Attention, Request } from '../../src/domain/attention/request-limits.ts';
import type { Json } from '../../src/domain/shared/json.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { createStore, fact, leased, type Store } from './postgres-support.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;

let store: Store;
let ledger: PostgresLedger;
let attention: AttentionRecords;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  attention = createAttentionRecords(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

interface Asked extends Omit<Partial<Request>, 'unsigned'> {
  readonly people?: readonly string[];
  readonly target?: string;
  readonly risk?: number;
  readonly unsigned?: string;
  readonly by?: AttentionRecords;
  readonly rules?: Attention;
}

const bodyOf = ({
  agent = 'agent',
  asks = true,
  people = ['ada', 'grace'],
  target = 'cart',
  risk = 0,
  unsigned,
  recommends,
}: Asked) =>
  ruledBody({
    action: {
      target,
      params: {},
      agent: { id: agent, version: '1', owner: 'user:radia', ...(unsigned ? { unsigned } : {}) },
    },
    impact: { riskScore: risk },
    ruling: {
      kind: 'permit',
      mode: recommends ? 'recommend' : asks ? 'executeWithApproval' : 'execute',
      tier: asks ? 3 : 1,
      people: { owners: ['edsger'] },
      requirement: { approvers: people.map((person) => ({ person, keys: [] })) },
      route: { steps: [{ people: [...people] }] },
    },
  });

/** A ruling as the activity records it: `why` it is denied, or undefined. */
async function ruled(actionId: string, asked: Asked = {}): Promise<string | undefined> {
  const { by = attention, rules = {}, agent = 'agent', asks = true, sameness = actionId, at = NOW } = asked;
  const { recommends } = asked;
  const request = { actionId, agent, asks, recommends, sameness, at };
  const why = await by.permit(request, rules, fact(actionId, { at, body: bodyOf(asked) }));
  return why?.kind === 'people' ? 'people decide' : why?.reason;
}

const closed = (
  actionId: string,
  at = NOW,
  outcome = 'succeeded',
  record: { readonly [name: string]: Json } = {},
) =>
  ledger.append(
    fact(actionId, {
      eventId: `${actionId}/run/closed`,
      kind: 'closed',
      at,
      body: closedBody(outcome, record),
    }),
  );

const votes = (...people: string[]) => ({
  votes: people.map((person, n) => ({ person, verdict: 'approve', decidedAt: NOW + n, jws: 'x' })),
});

describe('fifty rulings at once, of two workers', () => {
  const fifty = Array.from({ length: 50 }, (_, n) => n);
  let workers: AttentionRecords[];
  beforeAll(async () => {
    workers = (await Promise.all([store.open(), store.open()])).map(createAttentionRecords);
  });
  const passed = async (asked: (n: number) => Asked) => {
    const answers = fifty.map((n) => ruled(`action-${n}`, { ...asked(n), by: workers[n % 2] ?? attention }));
    return (await Promise.all(answers)).filter((why) => why === undefined).length;
  };

  test('exactly as many of one agent get a place as there are', async () => {
    expect(await passed(() => ({ rules: { openPerAgent: 7 } }))).toBe(7);
  });

  test('each agent has its own places', async () => {
    expect(await passed((n) => ({ rules: { openPerAgent: 3 }, agent: `agent-${n % 5}` }))).toBe(15);
  });

  test('those that ask nobody take none', async () => {
    expect(await passed(() => ({ rules: { openPerAgent: 1 }, asks: false }))).toBe(50);
  });
});

test('a recommendation takes a place for a day', async () => {
  const recommended = { rules: { openPerAgent: 1 }, asks: false, recommends: true } as const;
  expect(await ruled('one', recommended)).toBeUndefined();
  await closed('one', NOW, 'recommended');
  expect(await ruled('two', { ...recommended, at: NOW + 1 })).toMatch(/^at most 1 actions of one agent/);
  expect(await ruled('three', { ...recommended, at: NOW + 24 * HOUR })).toBeUndefined();
  expect(await attention.asksSince(NOW - 1)).toEqual(new Map([['edsger', 2]]));
});

test('a place is free once its action is closed, and a ruling that is repeated keeps its own', async () => {
  const rules = { openPerAgent: 1 };
  expect(await ruled('one', { rules })).toBeUndefined();
  expect(await ruled('one', { rules })).toBeUndefined();
  expect(await ruled('two', { rules })).toMatch(/^at most 1 actions of one agent/);
  expect(await ledger.entriesOf('two')).toEqual([]);
  await closed('one');
  expect(await ruled('two', { rules })).toBeUndefined();
  expect(await ruled('one', { rules })).toBeUndefined();
});

test('what a person denied is known to every worker, until its time is over', async () => {
  await ruled('first');
  const { sameness } = askedIn(bodyOf({}));
  const rules = { repeatAfterDenialMs: HOUR };
  const denial = { settlement: { kind: 'denied', by: 'ada', reason: 'not \uFFFD now' } };
  await closed('first', NOW, 'deniedByPerson', { votes: [], ...denial });
  const again = { rules, sameness };
  const others = await ruled('others', { ...again, agent: 'other', at: NOW + HOUR - 1 });
  expect(others).toBe('people decide');
  expect(await ruled('again', { ...again, at: NOW + HOUR - 1 })).toMatch(/^ada denied the same .* as first/);
  expect(await ruled('later', { ...again, at: NOW + HOUR })).toBeUndefined();
  expect(await ruled('else', { rules, sameness: 'else', at: NOW + 1 })).toBeUndefined();
});

test('how often each person was asked lately', async () => {
  await ruled('one', { people: ['ada', 'grace'] });
  await ruled('two', { people: ['ada'], at: NOW + 5 });
  await ruled('nobody', { asks: false });
  expect([...(await attention.asksSince(NOW - 1))].sort()).toEqual([
    ['ada', 2],
    ['grace', 1],
  ]);
  expect([...(await attention.asksSince(NOW))]).toEqual([['ada', 1]]);
});

test('what an agent asked for is found, and what a person decided on for any agent', async () => {
  await ruled('own', { risk: 12 });
  await ruled('decided', { agent: 'other', at: NOW + 1 });
  await ruled('neither', { agent: 'other' });
  // Anybody can propose in an agent's name: that must not put the agent on hold.
  await ruled('in-its-name', { asks: false, unsigned: 'it was handed in unsigned' });
  await closed('decided', NOW + 9, 'succeeded', votes('linus', 'ada'));
  const found = await attention.seenSince(NOW - 1, 'agent', ['ada']);
  expect(found).toEqual([
    expect.objectContaining({
      actionId: 'decided',
      agent: 'other',
      entitled: 2,
      decisions: [
        { person: 'linus', verdict: 'approve', at: NOW },
        { person: 'ada', verdict: 'approve', at: NOW + 1 },
      ],
    }),
    expect.objectContaining({ actionId: 'own', risk: 12, decisions: [], ruledAt: NOW }),
  ]);
  expect(await attention.seenSince(NOW, 'agent', ['nobody'])).toEqual([]);
});

test('what ran without people is counted, of one agent and type', async () => {
  const database = await store.open();
  const leases = createLeases(database);
  const ran = async (id: string, asked: Asked, record: { readonly [name: string]: Json } = {}) => {
    await ruled(id, asked);
    const action = leased(id, { target: id });
    await leases.acquire(
      { action, at: NOW, limits: [] },
      fact(id, { eventId: `${id}/run/admitted`, kind: 'admitted', at: NOW }),
      `${id}/run/closed`,
    );
    await closed(id, NOW + 1, 'succeeded', record);
  };
  await ran('alone', { asks: false });
  await ran('proceeded', {}, { settlement: { kind: 'proceed' } });
  await ran('approved', {}, { settlement: { kind: 'approved' } });
  await ran('of another', { asks: false, agent: 'other' });
  await ruled('never ran', { asks: false });
  const which = { agent: 'agent', actionType: 'cache.flush', since: NOW - 1, but: 'nothing' };
  expect(await attention.ranAlone(which)).toBe(2);
  expect(await attention.ranAlone({ ...which, but: 'alone' })).toBe(1);
  expect(await attention.ranAlone({ ...which, since: NOW })).toBe(0);
});

test('the holds that anomalies placed are found after they are lifted', async () => {
  const holds = createHolds(await store.open());
  const scope = { kind: 'agent', agent: 'agent' } as const;
  const hold = { id: 'anomaly-x', scope, placedBy: 'the rule x', reason: 'odd', at: NOW };
  await holds.place({ ...hold, autonomousOnly: true }, { evidence: [] });
  await holds.place({ ...hold, id: 'by a person' }, null);
  const alarm = { holdId: 'anomaly-x', at: NOW };
  expect(await attention.alarmsOn('agent')).toEqual([{ ...alarm, stands: true }]);
  expect((await holds.list()).map(({ id, autonomousOnly }) => [id, autonomousOnly])).toEqual([
    ['anomaly-x', true],
    ['by a person', undefined],
  ]);
  await holds.lift('anomaly-x', { by: 'linus', reason: 'known', at: NOW + 1 }, null);
  expect(await attention.alarmsOn('agent')).toEqual([{ ...alarm, stands: false }]);
  expect(await attention.alarmsOn('other')).toEqual([]);
});
