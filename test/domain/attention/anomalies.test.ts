import { describe, expect, test } from 'vitest';
import type { AnomalyRules, RuledBefore } from '../../../src/domain/attention/anomaly-rules.ts';
import { findAnomalies } from '../../../src/domain/attention/detect-anomalies.ts';
import type { PersonDecided } from '../../../src/domain/attention/request-facts.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-03-10T12:00:00Z');

const seen = (
  n: number,
  decided: Partial<PersonDecided> = {},
  changes: Partial<RuledBefore> = {},
): RuledBefore => {
  const ruledAt = changes.ruledAt ?? NOON + n * HOUR;
  return {
    actionId: `action-${n}`,
    agent: 'agent',
    actionType: 'scale',
    target: 'cart',
    risk: 30,
    entitled: 4,
    ruledAt,
    decisions: [{ person: 'ada', verdict: 'approve', at: ruledAt + 10 * MINUTE, ...decided }],
    ...changes,
  };
};
const many = (count: number, one: (n: number) => RuledBefore = seen) =>
  Array.from({ length: count }, (_, n) => one(n));

/** What the last of these completes. */
function found(rules: AnomalyRules, history: readonly RuledBefore[], foundAt?: number) {
  const present = history.at(-1) ?? seen(0);
  return findAnomalies({
    rules,
    present,
    history,
    steps: [0.5, 1],
    at: Math.max(...history.flatMap(({ decisions, ruledAt }) => [ruledAt, ...decisions.map(({ at }) => at)])),
    minuteOf: ({ at }) => Math.floor((at % DAY) / MINUTE),
    foundBefore: () => foundAt,
  });
}
const rulesFound = (...args: Parameters<typeof found>) => found(...args).map(({ rule }) => rule);

describe('too fast to have read', () => {
  const rules = { tooFast: { fasterThanMs: 5 * SECOND, times: 3, withinMs: DAY } };
  const within = (ms: number) => (n: number) => seen(n, { at: NOON + n * HOUR + ms });

  test('names the person, the agent, the numbers and the actions', () => {
    expect(found(rules, many(3, within(SECOND)))).toEqual([
      {
        rule: 'tooFast',
        person: 'ada',
        agent: 'agent',
        reason: 'ada approved 3 actions within 24h, each less than 5s after it was asked for',
        evidence: [2, 1, 0].map((n) => ({ actionId: `action-${n}`, at: NOON + n * HOUR + SECOND })),
      },
    ]);
  });

  test.each([
    [3, 5 * SECOND - 1, 1],
    [3, 5 * SECOND, 0],
    [2, SECOND, 0],
    // The signer's clock is behind.
    [3, -MINUTE, 1],
  ])('%d approvals %d ms after they were asked for: %d', (count, ms, alarms) => {
    expect(found(rules, many(count, within(ms)))).toHaveLength(alarms);
  });

  test('a fast denial harms nobody', () => {
    expect(
      found(
        rules,
        many(3, (n) => seen(n, { verdict: 'deny', at: NOON + n * HOUR })),
      ),
    ).toEqual([]);
  });

  test('only within the time', () => {
    const days = many(3, (n) => seen(n, { at: NOON + n * DAY + 1 }, { ruledAt: NOON + n * DAY }));
    expect(found(rules, days)).toEqual([]);
  });

  test('whichever action is over last completes it, though another was decided on last', () => {
    const [first, ...rest] = many(3, within(SECOND));
    expect(rulesFound(rules, [...rest, ...(first ? [first] : [])])).toEqual(['tooFast']);
  });

  test('what was decided long after it does not count with it, though it was over before', () => {
    expect(found(rules, [30, 31, 0].map(within(SECOND)))).toEqual([]);
    expect(rulesFound(rules, [22, 23, 0].map(within(SECOND)))).toEqual(['tooFast']);
  });

  test('what led to an alarm does not count again', () => {
    const history = many(4, within(SECOND));
    expect(found(rules, history, NOON)).toHaveLength(1);
    expect(found(rules, history, NOON + 2 * HOUR)).toEqual([]);
  });

  test('an action that has no part in it completes nothing', () => {
    expect(found(rules, [...many(3, within(SECOND)), seen(3)])).toEqual([]);
  });
});

describe('always yes', () => {
  const rules = { alwaysYes: { approvals: 5, withinMs: 30 * DAY } };
  test.each([
    [4, 0],
    [5, 1],
    [6, 1],
  ])('%d approvals in a row: %d', (count, alarms) => {
    expect(found(rules, many(count))).toHaveLength(alarms);
  });

  test('one denial among the last is enough', () => {
    const history = many(6, (n) => seen(n, n === 2 ? { verdict: 'deny' } : {}));
    expect(found(rules, history)).toEqual([]);
  });

  test('each person is counted alone', () => {
    expect(
      found(
        rules,
        many(6, (n) => seen(n, { person: n % 2 ? 'ada' : 'grace' })),
      ),
    ).toEqual([]);
  });
});

describe('odd hours', () => {
  const hours = { from: 22 * 60, until: 6 * 60, times: 3, share: 0.5, withinMs: 7 * DAY };
  const at = (time: string) => (n: number) => seen(n, { at: Date.parse(`2026-03-1${n}T${time}:00Z`) });

  test.each([
    ['21:59', 0],
    ['22:00', 1],
    ['02:30', 1],
    ['05:59', 1],
    ['06:00', 0],
  ])('three approvals at %s: %d', (time, alarms) => {
    expect(found({ oddHours: hours }, many(3, at(time)))).toHaveLength(alarms);
  });

  test('hours within one day', () => {
    const oddHours = { ...hours, from: 12 * 60, until: 13 * 60 };
    expect(found({ oddHours }, many(3, at('12:30')))).toHaveLength(1);
    expect(found({ oddHours }, many(3, at('13:30')))).toEqual([]);
  });

  test.each([
    [3, 1],
    [4, 0],
  ])('of somebody who approved %d times by day too: %d', (byDay, alarms) => {
    const history = [
      ...many(byDay, (n) => seen(100 + n, { at: Date.parse(`2026-03-1${n}T15:00:00Z`) })),
      ...many(3, at('02:00')),
    ];
    expect(found({ oddHours: hours }, history)).toHaveLength(alarms);
  });
});

describe('repeated pairs', () => {
  const repeatedPair = { approvals: 10, share: 0.9, withinMs: 30 * DAY };
  const pair = (others: number, changes: Partial<RuledBefore> = {}) => [
    ...many(others, (n) => seen(n, { person: 'grace' }, changes)),
    ...many(10, (n) => seen(100 + n, {}, changes)),
  ];
  test.each([
    [0, 1],
    [1, 1],
    [2, 0],
  ])('ten approvals by one person, %d by others: %d', (others, alarms) => {
    expect(found({ repeatedPair }, pair(others))).toHaveLength(alarms);
  });

  test.each([
    [2, 0],
    [3, 1],
  ])('where %d people could decide: %d', (entitled, alarms) => {
    expect(found({ repeatedPair }, pair(0, { entitled }))).toHaveLength(alarms);
  });

  test('what other agents ask is not counted', () => {
    const history = [...many(9), seen(9, {}, { agent: 'other' })];
    expect(found({ repeatedPair }, history)).toEqual([]);
  });
});

describe('near a threshold', () => {
  const nearThreshold = { risks: [60], points: 3, margin: 0.1, times: 4, share: 0.6, withinMs: 7 * DAY };
  const sized = (sizeChange: number) => (n: number) => seen(n, {}, { sizeChange });

  test.each([
    [0.45, 0],
    [0.451, 1],
    [0.5, 1],
    [0.501, 0],
    [0.95, 1],
    [1.01, 0],
  ])('four changes of %d of the current value: %d', (change, alarms) => {
    expect(found({ nearThreshold }, many(4, sized(change)))).toHaveLength(alarms);
  });

  test.each([
    [56, 0],
    [57, 1],
    [59, 1],
    [60, 0],
  ])('four of risk %d: %d', (risk, alarms) => {
    expect(
      found(
        { nearThreshold },
        many(4, (n) => seen(n, {}, { risk })),
      ),
    ).toHaveLength(alarms);
  });

  test.each([
    [2, 1],
    [3, 0],
  ])('among %d that are not near: %d', (others, alarms) => {
    const history = [...many(others, (n) => seen(100 + n, {}, { sizeChange: 0.1 })), ...many(4, sized(0.5))];
    expect(found({ nearThreshold }, history)).toHaveLength(alarms);
  });

  test('it needs no person, and no other type of action counts', () => {
    const alone = many(4, (n) => seen(n, {}, { sizeChange: 0.5, decisions: [] }));
    expect(found({ nearThreshold }, alone)).toMatchObject([
      { agent: 'agent', reason: expect.stringMatching(/^4 of 4 proposals of agent for scale/) },
    ]);
    const [first, ...rest] = alone;
    expect(
      found({ nearThreshold }, [...(first ? [{ ...first, actionType: 'deploy' }] : []), ...rest]),
    ).toEqual([]);
  });
});

test.each([
  [4, 10 * SECOND, 0],
  [5, 10 * SECOND, 1],
  [5, 3 * MINUTE, 0],
])('a burst: %d approvals, %d ms between two: %d', (count, between, alarms) => {
  const rules = { burst: { approvals: 5, withinMs: 10 * MINUTE } };
  const history = many(count, (n) => seen(n, { at: NOON + n * between }, { ruledAt: NOON - HOUR }));
  expect(found(rules, history)).toHaveLength(alarms);
});

test.each([
  [1, 0],
  [2, 1],
])('breaking the glass %d times: %d', (count, alarms) => {
  const rules = { breakGlass: { times: 2, withinMs: 7 * DAY } };
  expect(
    found(
      rules,
      many(count, (n) => seen(n, { verdict: 'breakGlass' })),
    ),
  ).toHaveLength(alarms);
});
