import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Counted, DIMENSIONS, type Limit, whatIsFull } from '../../../src/domain/admission/limits.ts';

const HOUR = 3_600_000;
const NOW = 100 * HOUR;

const admitted = (changes: Partial<Counted> & { agent?: { id: string; version: string } } = {}): Counted => ({
  actionId: crypto.randomUUID(),
  agent: { id: 'cache-agent', version: '1.4.0' },
  actionType: 'cache.flush',
  target: 'catalog',
  environment: 'production',
  risk: 10,
  admittedAt: NOW - 1,
  ...changes,
});
const asking = (changes: Partial<Counted> = {}) =>
  admitted({ actionId: 'asking', admittedAt: NOW, ...changes });

const rate = (atMost: number, per: Limit['per'] = ['agent'], withinMs = HOUR): Limit => ({
  kind: 'rate',
  per,
  atMost,
  withinMs,
});
const budget = (risk: number, per: Limit['per'] = ['agent'], withinMs = HOUR): Limit => ({
  kind: 'budget',
  per,
  risk,
  withinMs,
});
const several = (count: number, changes: Partial<Counted> = {}) =>
  Array.from({ length: count }, () => admitted(changes));

describe('a rate', () => {
  test.each([
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ])('of 2 an hour: after %i in this hour the next one is stopped: %s', (before, stopped) => {
    expect(whatIsFull([rate(2)], asking(), several(before)) !== undefined).toBe(stopped);
  });

  test.each([
    ['is an hour and a moment ago', NOW - HOUR - 1, false],
    ['is exactly an hour ago', NOW - HOUR, false],
    ['is not yet an hour ago', NOW - HOUR + 1, true],
    ['is in the future, by a clock that runs ahead', NOW + HOUR, true],
  ])('counts an admission that %s: %#', (_, admittedAt, stopped) => {
    expect(whatIsFull([rate(1)], asking(), [admitted({ admittedAt })]) !== undefined).toBe(stopped);
  });

  test('has room again when the first of those in the way is out of its time', () => {
    const recent = [-50, -40, -30, -20].map((ago) => admitted({ admittedAt: NOW + ago }));
    expect(whatIsFull([rate(4)], asking(), recent)?.freeAt).toBe(NOW - 50 + HOUR);
    expect(whatIsFull([rate(2)], asking(), recent)?.freeAt).toBe(NOW - 30 + HOUR);
  });

  test('does not count the action that asks, which may have been admitted before a reset', () => {
    expect(whatIsFull([rate(1)], asking(), [asking({ admittedAt: NOW - 5 })])).toBeUndefined();
  });
});

describe('a budget', () => {
  test.each([
    [89, false],
    [90, false],
    [91, true],
  ])('of 100: after a risk of %i an action of 10 is stopped: %s', (risk, stopped) => {
    expect(whatIsFull([budget(100)], asking(), [admitted({ risk })]) !== undefined).toBe(stopped);
  });

  test('is used up by fifty small actions as by one big one', () => {
    const one = asking({ risk: 1 });
    expect(whatIsFull([budget(50)], one, several(49, { risk: 1 }))).toBeUndefined();
    expect(whatIsFull([budget(50)], one, several(50, { risk: 1 }))).toBeDefined();
    expect(whatIsFull([budget(50)], one, [admitted({ risk: 50 })])).toBeDefined();
  });

  test('has room again once enough risk is out of its time', () => {
    const recent = [
      admitted({ admittedAt: NOW - 50, risk: 5 }),
      admitted({ admittedAt: NOW - 40, risk: 30 }),
      admitted({ admittedAt: NOW - 30, risk: 60 }),
    ];
    expect(whatIsFull([budget(100)], asking({ risk: 10 }), recent)?.freeAt).toBe(NOW - 50 + HOUR);
    expect(whatIsFull([budget(100)], asking({ risk: 11 }), recent)?.freeAt).toBe(NOW - 40 + HOUR);
    expect(whatIsFull([budget(100)], asking({ risk: 100 }), recent)?.freeAt).toBe(NOW - 30 + HOUR);
  });

  test('never has room for an action that is more than all of it', () => {
    expect(whatIsFull([budget(9)], asking(), [])).not.toHaveProperty('freeAt');
    expect(whatIsFull([budget(10)], asking(), [])).toBeUndefined();
  });
});

describe('what is counted together', () => {
  const others: Readonly<Record<string, Partial<Counted>>> = {
    'the same of everything': {},
    'another version of the agent': { agent: { id: 'cache-agent', version: '2.0.0' } },
    'another agent': { agent: { id: 'deploy-agent', version: '1.4.0' } },
    'another action type': { actionType: 'version.deploy' },
    'another service': { target: 'cart' },
    'another environment': { environment: 'staging' },
  };
  test.each<[Limit['per'], readonly string[]]>([
    [['agent'], ['another action type', 'another service', 'another environment']],
    [['actionType'], ['another agent', 'another service', 'another environment']],
    [['service'], ['another agent', 'another action type']],
    [['agent', 'service'], ['another action type']],
    [
      ['agent', 'actionType'],
      ['another service', 'another environment'],
    ],
    [['agent', 'actionType', 'service'], []],
  ])('per %j', (per, alsoCounted) => {
    const counted = Object.keys(others).filter(
      (name) => whatIsFull([rate(1, per)], asking(), [admitted(others[name])]) !== undefined,
    );
    const always = ['the same of everything', 'another version of the agent'];
    expect(counted.sort()).toEqual([...always, ...alsoCounted].sort());
  });
});

describe('the reason', () => {
  test('of a rate says the limit, whom it is on, and how much of it is used', () => {
    expect(whatIsFull([rate(2, ['agent', 'service'], 1.5 * HOUR)], asking(), several(2))?.reason).toBe(
      'at most 2 actions may run within 1h30m per agent and service; used by cache-agent, catalog in production: 2',
    );
  });

  test('of a budget says what the action would add', () => {
    expect(whatIsFull([budget(100, ['actionType'], 90_000)], asking(), several(10))?.reason).toBe(
      'at most a risk of 100 may run within 1m30s per action type; used by cache.flush: 100, and this one has 10',
    );
  });

  test('is that of the limit that is in the way for the longest time', () => {
    const limits = [rate(1, ['agent'], HOUR), rate(1, ['service'], 2 * HOUR), rate(1, ['actionType'], 5)];
    expect(whatIsFull(limits, asking(), several(1))).toMatchObject({ freeAt: NOW - 1 + 2 * HOUR });
    expect(whatIsFull([...limits, budget(9)], asking(), several(1))).not.toHaveProperty('freeAt');
  });
});

const anyCounted = fc.record({
  actionId: fc.uuid(),
  agent: fc.record({ id: fc.constantFrom('a', 'b'), version: fc.constantFrom('1', '2') }),
  actionType: fc.constantFrom('flush', 'deploy'),
  target: fc.constantFrom('cart', 'web'),
  environment: fc.constantFrom('production', 'staging'),
  risk: fc.integer({ min: 0, max: 100 }),
  admittedAt: fc.integer({ min: 0, max: 200 }),
});
const anyPer = fc.uniqueArray(fc.constantFrom(...DIMENSIONS), { minLength: 1 });
const anyLimit: fc.Arbitrary<Limit> = fc.oneof(
  fc.record({
    kind: fc.constant('rate' as const),
    per: anyPer,
    atMost: fc.integer({ min: 1, max: 4 }),
    withinMs: fc.integer({ min: 1, max: 100 }),
  }),
  fc.record({
    kind: fc.constant('budget' as const),
    per: anyPer,
    risk: fc.integer({ min: 1, max: 200 }),
    withinMs: fc.integer({ min: 1, max: 100 }),
  }),
);

describe('for all limits and all that was admitted', () => {
  test('what stops an action stops it too when more was admitted', () => {
    fc.assert(
      fc.property(
        fc.array(anyLimit),
        anyCounted,
        fc.array(anyCounted),
        anyCounted,
        (limits, ask, recent, more) => {
          if (whatIsFull(limits, ask, recent))
            expect(whatIsFull(limits, ask, [...recent, more])).toBeDefined();
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test('there is room at the time that is told, when nobody comes first, and none just before', () => {
    fc.assert(
      fc.property(fc.array(anyLimit), anyCounted, fc.array(anyCounted), (limits, ask, recent) => {
        const freeAt = whatIsFull(limits, ask, recent)?.freeAt;
        if (freeAt === undefined) return;
        expect(freeAt).toBeGreaterThan(ask.admittedAt);
        expect(whatIsFull(limits, { ...ask, admittedAt: freeAt }, recent)).toBeUndefined();
        expect(whatIsFull(limits, { ...ask, admittedAt: freeAt - 1 }, recent)).toBeDefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('the sum of what was let through in any window never exceeds the limit', () => {
    const inOrder = fc
      .array(anyCounted, { maxLength: 40 })
      .map((all) => [...all].sort((a, b) => a.admittedAt - b.admittedAt));
    fc.assert(
      fc.property(anyLimit, inOrder, (limit, all) => {
        const through: Counted[] = [];
        for (const one of all) if (!whatIsFull([limit], one, through)) through.push(one);
        for (const last of through) {
          const inWindow = through.filter(
            (other) =>
              other.admittedAt <= last.admittedAt &&
              other.admittedAt > last.admittedAt - limit.withinMs &&
              limit.per.every((by) =>
                by === 'agent'
                  ? other.agent.id === last.agent.id
                  : by === 'actionType'
                    ? other.actionType === last.actionType
                    : other.target === last.target && other.environment === last.environment,
              ),
          );
          if (limit.kind === 'rate') expect(inWindow.length).toBeLessThanOrEqual(limit.atMost);
          else expect(inWindow.reduce((sum, { risk }) => sum + risk, 0)).toBeLessThanOrEqual(limit.risk);
        }
      }),
      { numRuns: 500 },
    );
  });
});
