import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { OUTCOMES } from '../../../src/domain/action/outcome.ts';
import { calibrationOf, calibrationText } from '../../../src/domain/background/calibration.ts';
import type { PastAction } from '../../../src/domain/ledger/past-action.ts';
import { aPastAction } from '../support.ts';

const past = (count: number, changes: Partial<PastAction>): PastAction[] =>
  Array.from({ length: count }, (_, i) => aPastAction({ actionId: `past-${i}`, ...changes }));

const said = (confidence: number, ...actions: readonly PastAction[][]) =>
  calibrationText(calibrationOf(confidence, actions.flat()));

const rolledBack = { closed: { at: 2_000, outcome: 'rolledBack' } } as const;

describe("how well founded an agent's confidence was before", () => {
  test('is told in numbers: how many ran when it was as sure, and how many ended well', () => {
    expect(said(0.9, past(31, { confidence: 0.85 }), past(9, { confidence: 0.95, ...rolledBack }))).toBe(
      'of the 40 actions of which it was 80 to 100 % sure, 31 ended well (78 %)',
    );
  });

  test('what a reviewer disagreed with did not end well', () => {
    expect(said(0.9, past(4, { confidence: 0.9 }), past(1, { confidence: 0.9, review: 'disagreed' }))).toBe(
      'of the 5 actions of which it was 80 to 100 % sure, 4 ended well (80 %)',
    );
  });

  test.each([
    [0, '0 actions'],
    [1, '1 action'],
    [4, '4 actions'],
  ])('%i are too few to say', (count, words) => {
    expect(said(0.5, past(count, { confidence: 0.5 }))).toBe(
      `too few to say: ${words} of which it was 40 to 60 % sure`,
    );
  });

  test.each([
    [0, 0, 20],
    [0.1999, 0, 20],
    [0.2, 20, 40],
    [0.4, 40, 60],
    [0.6, 60, 80],
    [0.8, 80, 100],
    [1, 80, 100],
  ])('a confidence of %f is in the group from %i to %i', (confidence, from, to) => {
    expect(calibrationOf(confidence, past(5, { confidence }))).toEqual({
      kind: 'counted',
      from,
      to,
      ran: 5,
      well: 5,
    });
  });

  test.each<[string, Partial<PastAction>]>([
    ['of which it was less sure', { confidence: 0.79 }],
    ['whose confidence was not recorded', {}],
    ['that never ran', { confidence: 0.9, admittedAt: undefined }],
    ['that is not over', { confidence: 0.9, closed: undefined }],
  ])('one %s does not count', (_, changes) => {
    expect(calibrationOf(0.9, past(9, changes))).toMatchObject({ ran: 0, well: 0 });
  });

  test('that could not be found out says so', () => {
    expect(calibrationText({ kind: 'unknown', reason: 'not found out in time' })).toBe(
      'how often it was right before is not known: not found out in time',
    );
  });

  test('never more ended well than ran, whatever is on record', () => {
    const anyPast = fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      outcome: fc.constantFrom(...OUTCOMES),
      review: fc.constantFrom('agreed', 'disagreed', 'overdue', undefined),
    });
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.array(anyPast), (confidence, all) => {
        const actions = all.map(({ outcome, ...of }) => aPastAction({ ...of, closed: { at: 1, outcome } }));
        const calibration = calibrationOf(confidence, actions);
        if (calibration.kind === 'unknown') throw new Error(calibration.reason);
        const { from, to, ran, well } = calibration;
        expect(well).toBeLessThanOrEqual(ran);
        expect(100 * confidence).toBeGreaterThanOrEqual(from - 1e-9);
        expect(100 * confidence).toBeLessThanOrEqual(to);
      }),
    );
  });
});
