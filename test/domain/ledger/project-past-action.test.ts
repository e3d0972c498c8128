import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import { askedIn } from '../../../src/domain/attention/request-facts.ts';
import { ENTRY_KINDS, type NewEntry } from '../../../src/domain/ledger/ledger.ts';
import { type Projected, project } from '../../../src/domain/ledger/project-past-action.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { closedBody, ruledBody } from '../../support/ledger-bodies.ts';

const entry = (kind: NewEntry['kind'], at: number, body: NewEntry['body'] = {}): NewEntry => ({
  eventId: `one/run/${kind}`,
  actionId: 'one',
  kind,
  at,
  body,
});

const ruled = (at = 1, changes = {}) => entry('ruled', at, ruledBody(changes));
const admitted = (at: number) => entry('admitted', at, { digest: 'd', settlement: null, votes: [] });
const closed = (at: number, outcome: string, record = {}) => entry('closed', at, closedBody(outcome, record));
const reviewed = (at: number, kind: string) => entry('reviewed', at, { result: { kind }, votes: [] });

const told = (...entries: readonly NewEntry[]) => entries.reduce<Projected | undefined>(project, undefined);

test('an action that was ruled on is known with what it is, and that it neither ran nor ended', () => {
  expect(told(ruled(7))).toEqual({
    actionId: 'one',
    agent: { id: 'cache-agent', version: '1.4.0' },
    actionType: 'cache.flush',
    target: 'catalog',
    serviceTier: 3,
    environment: 'production',
    tier: 1,
    risk: 0,
    ruledAt: 7,
    attention: askedIn(ruledBody()),
  });
});

test('its parameters are known, and what was edited is known as it was ruled on last', () => {
  const params = { version: '2.6.0', nested: { on: [true, null] } };
  expect(told(ruled(1, { action: { params } }))?.params).toEqual(params);
  expect(told(ruled(1, { action: { params } }), ruled(2))?.params).toBeUndefined();
});

test.each<[string, Json, object | undefined]>([
  ['too long', { note: 'a'.repeat(500), count: 9 }, { count: 9 }],
  ['more than a store can hold', { note: 'a\0b' }, undefined],
  ['none', ['a'], undefined],
])('a parameter that is %s is left out, and the action is known all the same', (_, params, kept) => {
  const action = told(ruled(1, { action: { params } }));
  expect(action?.actionType).toBe('cache.flush');
  expect(action?.params).toEqual(kept);
});

test.each([
  [{ confidence: 0.82 }, 0.82],
  [{ confidence: 0 }, 0],
  [{ confidence: 1.2 }, undefined],
  [{ confidence: '0.9' }, undefined],
  [{}, undefined],
])('how sure its agent was is known, of %j: %s', (rationale, confidence) => {
  const body = { ...ruledBody(), proposal: { rationale } };
  expect(told(entry('ruled', 1, body), admitted(2), closed(3, 'succeeded'))?.confidence).toBe(confidence);
});

test('why it ended so is known', () => {
  expect(told(ruled(1), closed(2, 'rolledBack'))?.closed?.reason).toBe('because');
  const unexplained = entry('closed', 2, { outcome: { kind: 'rolledBack' }, record: {} });
  expect(told(ruled(1), unexplained)?.closed).toEqual({ at: 2, outcome: 'rolledBack' });
});

test.each([
  ['no score', {}, 0],
  ['a score', { impact: { riskScore: 42 } }, 42],
  ['a score that is no number', { impact: { riskScore: 'high' } }, 0],
])('an impact with %s is of risk %#', (_, changes, risk) => {
  expect(told(ruled(1, changes))?.risk).toBe(risk);
});

test('an action that was ruled on again is what it was ruled last', () => {
  const again = ruledBody({ ruling: { tier: 3 }, impact: { riskScore: 60 } });
  expect(told(ruled(1), entry('ruled', 5, again))).toMatchObject({ tier: 3, risk: 60, ruledAt: 5 });
});

test('what ran and ended says when, and how', () => {
  expect(told(ruled(1), admitted(2), closed(9, 'succeeded'))).toMatchObject({
    admittedAt: 2,
    closed: { at: 9, outcome: 'succeeded' },
  });
});

test.each(['approved', 'denied', 'proceed', 'expired', 'undeliverable'])(
  "people's decision that ended %s is known, and none where nobody was asked",
  (settlement) => {
    const ended = (record: object) => told(ruled(), closed(9, 'succeeded', record))?.closed;
    expect(ended({ settlement: { kind: settlement } })?.settlement).toBe(settlement);
    expect(ended({})).not.toHaveProperty('settlement');
  },
);

describe('a rollback', () => {
  const takenBack = { rollback: { summary: '200 OK', at: 1 } };

  test('that worked took from the verdict to the end', () => {
    const past = told(ruled(1), admitted(2), entry('verdict', 10), closed(25, 'rolledBack', takenBack));
    expect(past?.closed).toMatchObject({ outcome: 'rolledBack', rollbackMs: 15 });
  });

  test('that failed has no duration, and neither has one that was not needed', () => {
    const failed = told(ruled(1), admitted(2), entry('verdict', 10), closed(25, 'rollbackFailed'));
    expect(failed?.closed).toEqual({ at: 25, outcome: 'rollbackFailed', reason: 'because' });
    expect(told(ruled(1), admitted(2), closed(25, 'succeeded'))?.closed).not.toHaveProperty('rollbackMs');
  });
});

describe('that it was found healthy', () => {
  const measurements = [{ metric: 'error-ratio', phase: 'successful', reason: 'it is 0', at: 3 }];
  const foundHealthy = (record: object, outcome = 'succeeded') =>
    told(ruled(1), admitted(2), closed(9, outcome, record))?.closed?.foundHealthy;

  test('is known of what was measured', () => {
    expect(foundHealthy({ verdict: { kind: 'healthy' }, measurements })).toBe(true);
  });

  test.each<[string, object, string?]>([
    ['what nothing watched', { verdict: { kind: 'healthy' }, measurements: [] }],
    ['a record without measurements', { verdict: { kind: 'healthy' } }],
    ['what a person kept', { verdict: { kind: 'healthy' }, measurements, kept: { by: 'grace' } }],
    ['another verdict', { verdict: { kind: 'regressed' }, measurements }],
    ['what was taken back all the same', { verdict: { kind: 'healthy' }, measurements }, 'revoked'],
  ])('is not said of %s', (_, record, outcome) => {
    expect(foundHealthy(record, outcome)).toBeUndefined();
  });
});

test.each(['agreed', 'disagreed', 'overdue'])('a review that ended %s is known', (review) => {
  expect(told(ruled(1), closed(9, 'succeeded'), reviewed(20, review))).toMatchObject({
    review,
    closed: { at: 9 },
  });
});

test('what is admitted again after a reset runs, whatever the ledger said of its end', () => {
  const past = told(ruled(1), admitted(2), entry('verdict', 3), closed(4, 'rolledBack'), admitted(5));
  expect(past).toMatchObject({ admittedAt: 5 });
  expect(past?.closed).toBeUndefined();
  expect(past?.rollbackBeganAt).toBeUndefined();
});

describe('an entry that does not hold what its step writes', () => {
  test.each([
    ['a tier that is none', { ruling: { tier: 5 } }],
    ['a service tier that is none', { action: { serviceTier: '3' } }],
    ['no target', { action: { target: null } }],
    ['an empty type', { action: { type: '' } }],
    ['a name that no index can hold', { action: { target: 'a\0b' } }],
    ['a name without end', { action: { target: 'a'.repeat(501) } }],
    ['an agent that is none', { action: { agent: 'cache-agent' } }],
  ])('changes nothing: a ruling with %s', (_, changes) => {
    expect(told(ruled(1, changes))).toBeUndefined();
    expect(told(ruled(1), ruled(2, changes))).toEqual(told(ruled(1)));
  });

  test.each(ENTRY_KINDS.filter((kind) => kind !== 'ruled'))(
    'changes nothing: %s of what was never ruled on',
    (kind) => {
      expect(told(entry(kind, 2, { outcome: { kind: 'succeeded' } }))).toBeUndefined();
    },
  );

  test('changes nothing: an end or a review of a kind that nobody knows', () => {
    const before = told(ruled(1), admitted(2));
    expect(told(ruled(1), admitted(2), closed(3, 'exploded'), reviewed(4, 'shrugged'))).toEqual(before);
  });

  test('is never an error, whatever it holds', () => {
    const anyEntry = fc.record({
      eventId: fc.string(),
      actionId: fc.constant('one'),
      kind: fc.constantFrom(...ENTRY_KINDS),
      at: fc.nat(),
      body: fc.jsonValue() as fc.Arbitrary<NewEntry['body']>,
    });
    fc.assert(
      fc.property(fc.array(anyEntry), (entries) => {
        const past = told(ruled(1), ...entries);
        expect(past).toMatchObject({ actionId: 'one', target: 'catalog' });
        if (past?.closed) expect(OUTCOMES).toContain(past.closed.outcome);
      }),
    );
  });
});

test('the model and the prompt of an agent are part of who it was', () => {
  const agent = { id: 'cache-agent', version: '2', model: 'm-2', promptDigest: 'a'.repeat(64) };
  expect(told(ruled(1, { action: { agent: { ...agent, owner: 'user:radia' } } }))?.agent).toEqual(agent);
});

test('what its watch found is known, and what was reported first', () => {
  const watched = closed(9, 'succeeded', { verdict: { kind: 'healthy', reason: 'all well' } });
  const reported = (at: number, found: string) => entry('reported', at, { person: 'grace', found });
  expect(told(ruled(), admitted(2), watched)?.verdict).toBe('healthy');
  expect(told(ruled(), admitted(2), watched)?.reported).toBeUndefined();
  const entries = [
    ruled(),
    admitted(2),
    watched,
    reported(11, 'nothing'),
    reported(12, 'regressed'),
    reported(13, 'regressed'),
  ];
  expect(told(...entries)?.reported).toEqual({ found: 'regressed', at: 12 });
  expect(told(...entries, admitted(20))).not.toHaveProperty('reported.found');
});
