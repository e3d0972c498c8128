import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutcomeKind } from '../../../src/domain/action/outcome.ts';
import type { Ceiling } from '../../../src/domain/autonomy/effective-level.ts';
import {
  type Evidence,
  promotionEvidence,
  promotionOf,
  reportOn,
} from '../../../src/domain/autonomy/promotion.ts';
import { rateOf } from '../../../src/domain/autonomy/wilson.ts';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { aKey, heldAt } from '../../support/standing.ts';
import { actionTypeWith } from '../support.ts';

const past = (changes: Partial<PastAction> = {}): PastAction => ({
  actionId: 'one',
  ...aKey(),
  target: 'catalog',
  environment: 'production',
  tier: 1,
  risk: 10,
  ruledAt: 2_000,
  ...changes,
});
type Settled = NonNullable<PastAction['closed']>['settlement'];
const ended = (outcome: OutcomeKind, settlement?: Settled): Partial<PastAction> => ({
  closed: { at: 3_000, outcome, ...(settlement ? { settlement } : {}) },
});
const of = (...actions: readonly Partial<PastAction>[]) => promotionEvidence(actions.map(past), 0);
const times = <T>(n: number, one: T): T[] => Array.from({ length: n }, () => one);

describe('whether people decide as the agent proposes', () => {
  test.each<[string, Partial<PastAction>, [good: number, cases: number]]>([
    ['an approval agrees', ended('succeeded', 'approved'), [1, 1]],
    ['a denial disagrees', ended('deniedByPerson', 'denied'), [0, 1]],
    ['a review that agrees', { ...ended('succeeded'), review: 'agreed' }, [1, 1]],
    ['a review that disagrees', { ...ended('succeeded'), review: 'disagreed' }, [0, 1]],
    ['a review of what silence let pass', { ...ended('succeeded', 'proceed'), review: 'disagreed' }, [0, 1]],
    ['a review that nobody made says nothing', { ...ended('succeeded'), review: 'overdue' }, [0, 0]],
    ['silence says nothing', ended('succeeded', 'proceed'), [0, 0]],
    ['that nobody answered says nothing', ended('expired', 'expired'), [0, 0]],
    ['that nobody could be asked says nothing', ended('undeliverable', 'undeliverable'), [0, 0]],
    ['what is not over says nothing', {}, [0, 0]],
    [
      'one action is one case, of which the review knows best',
      { ...ended('rolledBack', 'approved'), review: 'disagreed' },
      [0, 1],
    ],
  ])('%s', (_, action, [good, cases]) => {
    expect(of(action).agreement).toMatchObject({ good, cases });
  });
});

describe('whether what ran went well', () => {
  test.each<[OutcomeKind, [good: number, cases: number]]>([
    ['succeeded', [1, 1]],
    ['rolledBack', [0, 1]],
    ['rollbackFailed', [0, 1]],
    ['failed', [0, 1]],
    ['cancelled', [0, 0]],
    ['deniedByPerson', [0, 0]],
    ['deniedByPolicy', [0, 0]],
    ['expired', [0, 0]],
    ['held', [0, 0]],
    ['recommended', [0, 0]],
  ])('%s', (outcome, [good, cases]) => {
    expect(of(ended(outcome)).success).toMatchObject({ good, cases });
  });

  test('what a person reported as regressed did not, and a rollback that was wrong still counts', () => {
    const reported = of(
      { ...ended('succeeded'), reported: { found: 'regressed', at: 1 } },
      { ...ended('rolledBack'), reported: { found: 'rollbackWrong', at: 1 } },
    );
    expect(reported.success).toMatchObject({ good: 0, cases: 2 });
  });
});

test('evidence counts from when it is said to, by the time of the ruling', () => {
  const actions = [1_999, 2_000, 2_001].map((ruledAt) => past({ ruledAt, ...ended('succeeded') }));
  expect(promotionEvidence(actions, 2_000).success.cases).toBe(2);
});

const NO_CEILING: Ceiling = { level: 3, reason: 'none' };
const evidence = (agreement: [number, number], success: [number, number] = [0, 0]): Evidence => ({
  agreement: rateOf(...agreement),
  success: rateOf(...success),
});

describe('a promotion is proposed', () => {
  test.each<[string, [number, number], string, RegExp[]]>([
    ['50 of 50 agreed', [50, 50], 'proposed', [/agreement 100 % over 50 cases.*0\.929/]],
    ['48 of 50: 96 %', [48, 50], 'proposed', [/96 % over 50/]],
    ['19 of 20 of 100: exactly 95 %', [95, 100], 'proposed', [/95 % over 100/]],
    ['49 of 49: too few', [49, 49], 'notYet', [/over 50 cases, there are 49/]],
    [
      '47 of 50: 94 %',
      [47, 50],
      'notYet',
      [/agreement of 95 %, it is 94 %/, /0\.85 for agreement, it is 0\.838/],
    ],
    ['nothing', [0, 0], 'notYet', [/there are 0/, /it is 0 %/, /it is 0\.000/]],
  ])('to level 2 by agreement: %s', (_, agreement, kind, lines) => {
    const promotion = promotionOf(1, NO_CEILING, evidence(agreement, [0, 200]));
    expect(promotion).toMatchObject({ kind, to: 2 });
    expect(linesOf(promotion)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  test.each<[string, [number, number], string, RegExp[]]>([
    ['200 of 200', [200, 200], 'proposed', [/success 100 % over 200 cases/]],
    ['198 of 200: 99 %', [198, 200], 'proposed', [/99 % over 200 cases.*0\.964/]],
    ['199 of 199: too few', [199, 199], 'notYet', [/over 200 cases, there are 199/]],
    ['197 of 200: 98.5 %', [197, 200], 'notYet', [/success of 99 %, it is 98\.5 %/]],
    ['50 of 50: too few for the bound as well', [50, 50], 'notYet', [/there are 50/, /0\.95 .*it is 0\.929/]],
  ])('to level 3 by success: %s', (_, success, kind, lines) => {
    const promotion = promotionOf(2, NO_CEILING, evidence([0, 200], success));
    expect(promotion).toMatchObject({ kind, to: 3 });
    expect(linesOf(promotion)).toEqual(lines.map((line) => expect.stringMatching(line)));
  });

  const best = evidence([500, 500], [500, 500]);

  test.each([
    [0, /a person's grant alone/],
    [3, /the highest/],
  ] as const)('never from level %i', (level, reason) => {
    expect(promotionOf(level, NO_CEILING, best)).toEqual({
      kind: 'none',
      reason: expect.stringMatching(reason),
    });
  });

  test.each([1, 2] as const)('never above a ceiling of level %i, whatever the record', (level) => {
    const ceiling: Ceiling = { level, reason: 'it cannot be taken back' };
    const reason = `it cannot be taken back: never above level ${level}`;
    expect(promotionOf(level, ceiling, best)).toEqual({ kind: 'none', reason });
  });

  test('for all records: only when rate, count and bound all pass', () => {
    const record = fc
      .integer({ min: 0, max: 1_000 })
      .chain((cases) => fc.tuple(fc.integer({ min: 0, max: cases }), fc.constant(cases)));
    fc.assert(
      fc.property(record, ([good, cases]) => {
        const { rate, lowerBound } = rateOf(good, cases);
        const to2 = promotionOf(1, NO_CEILING, evidence([good, cases])).kind === 'proposed';
        const to3 = promotionOf(2, NO_CEILING, evidence([0, 0], [good, cases])).kind === 'proposed';
        expect(to2).toBe(cases >= 50 && rate >= 0.95 && lowerBound >= 0.85);
        expect(to3).toBe(cases >= 200 && rate >= 0.99 && lowerBound >= 0.95);
      }),
      { numRuns: 2_000 },
    );
  });
});

function linesOf(promotion: ReturnType<typeof promotionOf>): readonly string[] {
  if (promotion.kind === 'none') return [promotion.reason];
  return promotion.kind === 'proposed' ? promotion.reasons : promotion.missing;
}

describe('the report on a key', () => {
  const type = actionTypeWith({
    name: 'cache.flush',
    rollback: { executor: 'command', argv: ['x'], timeoutMs: 1 },
  });

  test('counts what this build did since its level was last lowered, and nothing else', () => {
    const actions = [
      ...times(50, past(ended('succeeded', 'approved'))),
      ...times(9, past({ ...ended('deniedByPerson', 'denied'), ruledAt: 999 })),
      ...times(9, past({ ...ended('deniedByPerson', 'denied'), agent: aKey({ model: 'other' }).agent })),
    ];
    expect(reportOn(aKey(), heldAt(1), type, actions)).toMatchObject({
      key: aKey(),
      level: 1,
      ceiling: { level: 3 },
      evidence: { agreement: { good: 50, cases: 50 }, success: { good: 50, cases: 50 } },
      promotion: { kind: 'proposed', to: 2 },
    });
  });

  test('an action type that operators took away may not be left to anybody', () => {
    expect(reportOn(aKey(), heldAt(3), undefined, [])).toMatchObject({
      level: 0,
      held: { level: 3 },
      ceiling: { reason: expect.stringContaining('no longer exists') },
    });
  });
});
