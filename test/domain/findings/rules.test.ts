import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutcomeKind } from '../../../src/domain/action/outcome.ts';
import { findingsOf } from '../../../src/domain/findings/findings.ts';
import type { LeftBehind } from '../../../src/domain/risk/left-behind.ts';
import type { OpenIncidents } from '../../../src/domain/risk/live-context.ts';
import { BAD } from './bad-requests.ts';
import { GOOD } from './good-requests.ts';
import { type Asked, found, given, NOW } from './requests.ts';

const MINUTE = 60_000;

const kinds = (asked: Asked) => found(asked).map(({ kind }) => kind);
const texts = (asked: Asked) => found(asked).map(({ text }) => text);

const scale = (count: number, now: number, summary = 'CPU is too high.'): Asked => ({
  type: 'instances.scale',
  params: { count },
  now: { count: now },
  summary,
});

describe('a large change', () => {
  test.each([
    [20, 4, 1],
    [19, 4, 0],
    [1, 5, 1],
    [2, 9, 0],
    [0, 3, 1],
    [3, 0, 1],
    [0, 0, 0],
  ])('to %d from %d is found %d times', (count, now, times) => {
    expect(kinds(scale(count, now)).filter((kind) => kind === 'largeChange')).toHaveLength(times);
  });

  test('of percent is one of more than 50 points', () => {
    const shift = (percent: number, now: number): Asked => ({
      type: 'traffic.shift',
      params: { percent },
      now: { percent: now },
      summary: 'The new version has fewer errors.',
    });
    expect(kinds(shift(5, 1))).toEqual([]);
    expect(kinds(shift(0, 10))).toEqual([]);
    expect(kinds(shift(55, 5))).toEqual([]);
    expect(kinds(shift(56, 5))).toEqual(['largeChange']);
  });

  test('says both values and the factor', () => {
    expect(texts(scale(40, 4))).toContain('count goes from 4 to 40, 10 times as much');
    expect(texts(scale(1, 8))).toContain('count goes from 8 to 1, one part in 8');
  });

  test('is none where nobody knows the value now', () => {
    expect(kinds({ type: 'instances.scale', params: { count: 90 }, summary: 'CPU is too high.' })).toEqual(
      [],
    );
  });
});

describe('a rollback to what is not known to be good', () => {
  const asked: Asked = { type: 'version.deploy', params: { version: '2.0.0' }, summary: 'It fixes tax.' };
  const foundOf = (outcome: OutcomeKind, reason?: string, rollback = true) => {
    const found = { actionId: 'deploy-agent.1', at: NOW, outcome, ...(reason ? { reason } : {}) };
    const from = { kind: 'read', value: '1.9.0', at: NOW, notKnownGood: found } as const;
    const { action, impact } = given(asked);
    return findingsOf(
      given(asked, {
        action: rollback ? action : { ...action, rollback: undefined },
        impact: { ...impact, changes: [{ parameter: 'version', to: '2.0.0', from }] },
      }),
    ).filter(({ kind }) => kind === 'notKnownGood');
  };

  test.each<[OutcomeKind, number]>([
    ['rolledBack', 3],
    ['rollbackFailed', 3],
    ['revoked', 2],
    ['cancelled', 2],
    ['lost', 2],
  ])('that ended %s weighs %d', (outcome, weight) => {
    expect(foundOf(outcome)).toMatchObject([{ parameter: 'version', weight }]);
  });

  test('names the action, the day, and why it ended so', () => {
    expect(foundOf('rolledBack', 'error-ratio failed')[0]?.text).toBe(
      'its rollback leads to version "1.9.0", which is not known to be good: the action that set it last was rolled back on 2026-03-02 (deploy-agent.1): "error-ratio failed"',
    );
  });

  test('is none, where nothing is rolled back', () => {
    expect(foundOf('rolledBack', undefined, false)).toEqual([]);
  });
});

describe('a number that was never set here before', () => {
  const usual = { least: 4, most: 6, times: 5 };
  const asked = (count: number, changes: Partial<Asked> = {}): Asked => ({
    ...scale(count, 5),
    before: { count: usual },
    ...changes,
  });
  const weightOf = (one: Asked) => found(one).find(({ kind }) => kind === 'neverSetBefore')?.weight ?? 0;

  test.each([
    [4, 0],
    [6, 0],
    [3, 1],
    [7, 1],
    [17, 1],
    [18, 2],
  ])('%d, where 4 to 6 were set, weighs %d', (count, weight) => {
    expect(weightOf(asked(count))).toBe(weight);
  });

  test('says the range and how often', () => {
    expect(texts(asked(7))).toContain('count 7 is above all that was set here before: 4 to 6, 5 times');
    const one = { count: { least: 4, most: 4, times: 8 } };
    expect(texts(asked(3, { before: one }))).toContain(
      'count 3 is below all that was set here before: 4, 8 times',
    );
  });

  test('is none with fewer than five on record, and none where nothing is', () => {
    expect(weightOf(asked(18, { before: { count: { ...usual, times: 4 } } }))).toBe(0);
    expect(weightOf(scale(18, 5))).toBe(0);
  });

  test('is none where production is beyond it already, or by default', () => {
    expect(weightOf(asked(8, { now: { count: 9 } }))).toBe(0);
    expect(weightOf(asked(9, { now: { count: 9 } }))).toBe(0);
    expect(weightOf(asked(10, { now: { count: 9 } }))).toBe(1);
    const input = given(asked(8));
    const [change] = input.impact.changes ?? [];
    if (!change) throw new Error('it changes the count');
    const impact = { ...input.impact, changes: [{ ...change, default: 8 }] };
    expect(findingsOf({ ...input, impact })).toEqual([]);
  });

  test('is none where it goes on as it always went, unless it is far', () => {
    const going = (always: 'greater' | 'less') => ({ before: { count: { ...usual, always } } });
    expect(weightOf(asked(7, going('greater')))).toBe(0);
    expect(weightOf(asked(3, going('greater')))).toBe(1);
    expect(weightOf(asked(3, going('less')))).toBe(0);
    expect(weightOf(asked(18, going('greater')))).toBe(2);
  });

  test('is not said beside a large change of the same parameter, which says it already', () => {
    expect(kinds(asked(25))).toEqual(['largeChange']);
  });

  test('of percent is far by more than 50 points', () => {
    const shift = (percent: number): Asked => ({
      type: 'traffic.shift',
      params: { percent },
      now: { percent: 10 },
      before: { percent: { least: 1, most: 10, times: 6 } },
      summary: 'The new version has fewer errors.',
    });
    expect(weightOf(shift(60))).toBe(1);
    expect(weightOf({ ...shift(61), now: {} })).toBe(2);
  });
});

describe('a change that changes nothing', () => {
  const set = (now: Asked['now']): Asked => ({
    type: 'config.change',
    params: { key: 'queueLimit', value: 200 },
    ...(now === undefined ? {} : { now }),
    summary: 'Set queueLimit to 200.',
  });

  test('is found although nobody reads what says which setting is meant', () => {
    expect(kinds(set({ value: 200 }))).toEqual(['noChange']);
  });

  test('is none where another parameter changes', () => {
    expect(kinds(set({ key: 'maxItems', value: 200 }))).toEqual([]);
  });
});

describe('what a finding says', () => {
  test('INVARIANT 12: it quotes the agent on one line, cut, with hidden characters written out', () => {
    const hidden = `Scale to 6\u200B instances\u202E ${'very '.repeat(60)}soon`;
    const [finding] = found(scale(3, 4, hidden));
    expect(finding?.text).toContain('"Scale to 6\\u{200B} instances\\u{202E} very very');
    expect(finding?.text).toMatch(/^[\x20-\x7E]{1,240}$/);
  });

  test('hidden characters and letters of another form do not hide a number', () => {
    expect(kinds(scale(3, 4, 'Scale to \uFF16 in\u200Bstances.'))).toEqual(['numberDiffers']);
  });

  test('what weighs most comes first, and one thing is said once', () => {
    const weights = found(scale(4, 4, 'Scale to 6 instances. Scale to 6 instances.')).map(
      ({ weight }) => weight,
    );
    expect(weights).toEqual([3, 2]);
  });

  test('a text that repeats itself gives three findings of a kind at most', () => {
    const many = Array.from({ length: 40 }, (_, i) => `Scale to ${i + 10} instances.`).join(' ');
    expect(kinds(scale(3, 4, many))).toHaveLength(3);
  });
});

describe('the clock and the record', () => {
  const measuredAt = (minutesAgo: number): Asked => ({
    ...scale(5, 4),
    evidence: [['cpu', `91 % at ${new Date(NOW - minutesAgo * MINUTE).toISOString()}`]],
  });
  const past = (minutesAgo: number, outcome: 'succeeded' | 'deniedByPerson' = 'succeeded') => ({
    actionId: 'scaler.1',
    target: 'checkout',
    environment: 'production',
    outcome,
    at: NOW - minutesAgo * MINUTE,
  });
  const withPast = (asked: Asked, ...last: ReturnType<typeof past>[]) => {
    const input = given(asked);
    const similar = { count: last.length, outcomes: {}, last };
    return findingsOf({ ...input, impact: { ...input.impact, similar } }).map(({ kind }) => kind);
  };

  test('evidence is old after an hour, by the minute', () => {
    expect(kinds(measuredAt(60))).toEqual([]);
    expect(kinds(measuredAt(61))).toEqual(['evidenceOld']);
  });

  test('evidence from before the last change of the target is old', () => {
    expect(withPast(measuredAt(20), past(10))).toEqual(['evidenceOld']);
    expect(withPast(measuredAt(5), past(10))).toEqual([]);
    expect(withPast(measuredAt(20), past(10, 'deniedByPerson'))).toEqual([]);
  });

  test('what this very action did before counts by how it ended', () => {
    const input = given(scale(5, 4));
    const afterwards = (outcomes: object) =>
      findingsOf({ ...input, impact: { ...input.impact, sameBefore: { count: 3, outcomes } } }).map(
        ({ kind, weight }) => `${kind} ${weight}`,
      );
    expect(afterwards({ rolledBack: 3 })).toEqual(['wentWrongBefore 3']);
    expect(afterwards({ rolledBack: 2, succeeded: 1 })).toEqual(['wentWrongBefore 2']);
    expect(afterwards({ rolledBack: 1, succeeded: 2 })).toEqual([]);
    expect(afterwards({ deniedByPerson: 3 })).toEqual([]);
  });

  test('an open incident of which the text says nothing is found', () => {
    const during = (asked: Asked, service: string, more: Partial<OpenIncidents> = {}) => {
      const input = given(asked);
      const incidents = [{ service, open: { kind: 'known', value: 1 } as const, ...more }];
      return findingsOf({ ...input, impact: { ...input.impact, live: { incidents } } }).map(
        ({ kind, weight }) => `${kind} ${weight}`,
      );
    };
    const routine: Asked = {
      ...scale(5, 4, 'The sale begins at 14:00.'),
      evidence: [['visitors', '410 at 11:50']],
    };
    expect(during(routine, 'checkout')).toEqual(['incidentOpen 2']);
    expect(during(routine, 'cart')).toEqual(['incidentOpen 1']);
    const named = [{ id: '4711', title: 'orders fail', startedAt: 0 }];
    expect(during(routine, 'checkout', { named })).toEqual(['incidentOpen 2']);
    expect(during(routine, 'checkout', { named: named.map((one) => ({ ...one, cured: true })) })).toEqual([]);
    expect(during({ ...routine, summary: 'Incident 4711: orders fail.' }, 'checkout')).toEqual([]);
  });
});

/** Any text, with the words that the rules know in any order. */
const vocabulary = fc.constantFrom(
  ...[
    ...new Set(
      [
        ...Object.values(GOOD),
        ...Object.values(BAD).flatMap((cases) => cases.map(([asked]) => asked)),
      ].flatMap(({ summary }) => summary.split(/\s+/)),
    ),
  ],
);
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.array(vocabulary, { maxLength: 60 }).map((words) => words.join(' ')),
);
const anyAsked = fc
  .record({
    base: fc.constantFrom(...Object.values(GOOD)),
    summary: anyText,
    option: anyText,
    title: anyText,
    detail: anyText,
    criterion: anyText,
  })
  .map(
    ({ base, summary, option, title, detail, criterion }): Asked => ({
      ...base,
      summary,
      alternatives: [[option, detail]],
      evidence: [[title, detail]],
      criteria: [criterion],
    }),
  );

describe('for any text', () => {
  test('nothing is thrown, and the same input gives the same findings', () => {
    fc.assert(
      fc.property(anyAsked, (asked) => {
        expect(found(asked)).toEqual(found(asked));
      }),
      { numRuns: 500 },
    );
  });

  test('a text without numbers, names and claims gives no finding of those kinds', () => {
    const plain = fc
      .array(fc.constantFrom(...'the shoppers see old prices because nothing tells them so'.split(' ')))
      .map((words) => words.join(' '));
    fc.assert(
      fc.property(plain, fc.constantFrom(...Object.values(GOOD)), (summary, base) => {
        const asked: Asked = {
          ...base,
          summary,
          alternatives: [[summary, summary]],
          evidence: [[summary, summary]],
        };
        const ofText = ['numberDiffers', 'anotherName', 'claimedApproval', 'wrongDirection', 'evidenceOld'];
        expect(kinds(asked).filter((kind) => ofText.includes(kind))).toEqual([]);
      }),
    );
  });

  test('no words of the agent remove a finding that comes from the request itself', () => {
    const ofRequest = (asked: Asked) =>
      found(asked).filter(({ kind }) => kind === 'largeChange' || kind === 'noChange');
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 100 }),
        fc.integer({ min: 0, max: 100 }),
        anyText,
        (to, now, more) => {
          expect(ofRequest(scale(to, now, `CPU. ${more}`))).toEqual(ofRequest(scale(to, now)));
        },
      ),
    );
  });

  test('the longest text takes no longer than a moment', () => {
    const long = (text: string) => text.repeat(Math.ceil(4_000 / text.length)).slice(0, 4_000);
    const started = process.cpuUsage();
    for (const text of [
      '6 ',
      'scale to 6 instances ',
      'approved ',
      '2026-03-02 ',
      ', ',
      'a',
      'no approval ',
      '1,',
    ])
      found({
        ...scale(3, 4, long(text)),
        evidence: Array.from(
          { length: 20 },
          () => [long(text).slice(0, 200), long(text).slice(0, 2_000)] as const,
        ),
        criteria: Array.from({ length: 20 }, () => long(text).slice(0, 500)),
      });
    // In microseconds of the processor, so that a busy machine does not count.
    expect(process.cpuUsage(started).user).toBeLessThan(4_000_000);
  });
});

describe('a rollback that leaves something behind', () => {
  const migrating = (summary: string): Asked => ({
    type: 'version.deploy',
    params: { version: '3.0.0' },
    now: { version: '2.5.0' },
    summary,
  });
  const leaves = (leftBehind: LeftBehind, summary: string) => {
    const input = given(migrating(summary));
    return findingsOf({ ...input, impact: { ...input.impact, leftBehind } });
  };
  const some: LeftBehind = { kind: 'some', what: ['orders stay in the new layout'] };

  test.each([
    'Version 3.0.0 is ready. If orders fail, we can take it back.',
    'Version 3.0.0 is ready. It is reversible.',
    'Version 3.0.0 is ready. A rollback takes a minute.',
  ])('is held against a text that promises a way back: %s', (summary) => {
    expect(leaves(some, summary)).toContainEqual({
      kind: 'notUndone',
      weight: 3,
      text: expect.stringContaining('operators declared what stays: orders stay in the new layout'),
    });
    expect(leaves({ kind: 'nothing' }, summary)).toEqual([]);
  });

  test.each([
    'Version 3.0.0 is ready. It cannot be taken back.',
    'Version 3.0.0 is ready. The last try was rolled back.',
  ])('is not held against one that promises none: %s', (summary) => {
    expect(leaves(some, summary)).toEqual([]);
  });
});

describe('an open incident', () => {
  const named = [{ id: 'INC-9', title: 'Shoppers lose their carts', startedAt: 0 }];
  const during = (summary: string) => {
    const input = given(scale(5, 4, summary));
    const incidents = [{ service: 'checkout', open: { kind: 'known', value: 1 } as const, named }];
    return findingsOf({ ...input, impact: { ...input.impact, live: { incidents } } }).map(({ kind }) => kind);
  };

  test.each(['INC-9: one more instance.', 'Shoppers lose carts.', 'Checkout is down.'])(
    'is mentioned by its id, by its title, or as what it is: %s',
    (summary) => {
      expect(during(summary)).toEqual([]);
    },
  );

  test.each(['Some coupons were refused.', 'Latency must come down.', 'Two builds failed.'])(
    'is not mentioned by a trouble of every day: %s',
    (summary) => {
      expect(during(summary)).toEqual(['incidentOpen']);
    },
  );
});
