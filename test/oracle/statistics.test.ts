import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evidenceOf, ratioBoundsOf } from '../../src/domain/analysis/evidence.ts';
import { shiftBetween } from '../../src/domain/analysis/rank-test.ts';
import { CASES_FILE, type Cases, EXPECTED_FILE, type Expected } from './cases.ts';

const cases: Cases = JSON.parse(readFileSync(CASES_FILE, 'utf8'));
const expected: Expected = JSON.parse(readFileSync(EXPECTED_FILE, 'utf8'));

/** Where two numbers differ by more than a part of the greater one, and of 1. */
const differ = (ours: number, theirs: number, part = 1e-9) =>
  !(Math.abs(ours - theirs) <= part * Math.max(1, Math.abs(theirs)));

describe('an implementation of its own in Python, with scipy, agrees', () => {
  test('there are a thousand cases, with findings and without', () => {
    expect(expected.evidence).toHaveLength(cases.evidence.length);
    expect(expected.shift).toHaveLength(cases.shift.length);
    expect(cases.evidence.length + cases.shift.length).toBe(1_000);
    const isEnough = (log: number) => log >= Math.log(50);
    expect(expected.evidence.filter(({ worse }) => isEnough(worse)).length).toBeGreaterThan(50);
    expect(expected.evidence.filter(({ notWorse }) => isEnough(notWorse)).length).toBeGreaterThan(50);
    expect(expected.shift.filter((shift) => 'needed' in shift).length).toBeGreaterThan(20);
    expect(expected.shift.filter((shift) => 'estimate' in shift).length).toBeGreaterThan(200);
  });

  test('on the evidence for worse and for not worse', () => {
    const wrong = cases.evidence.flatMap(({ pairs, ratio, negligible }, i) => {
      const theirs = expected.evidence[i];
      const ours = evidenceOf(pairs.map(eventPair), { ratio, negligible });
      const isWrong = !theirs || differ(ours.worse, theirs.worse) || differ(ours.notWorse, theirs.notWorse);
      return isWrong ? [{ i, ours, theirs }] : [];
    });
    expect(wrong).toEqual([]);
  });

  test('on the bounds of the ratio, to the hundredth that we promise', () => {
    const wrong = cases.evidence.flatMap(({ pairs }, i) => {
      const theirs = expected.evidence[i];
      const ours = ratioBoundsOf(pairs.map(eventPair), Math.log(50));
      const isSame = (our: number | undefined, their: number | null | undefined) =>
        our === undefined || their === null || their === undefined
          ? (our ?? null) === their
          : Math.abs(our / their - 1) < 1e-2;
      return isSame(ours.atLeast, theirs?.atLeast) && isSame(ours.atMost, theirs?.atMost)
        ? []
        : [{ i, ours, theirs }];
    });
    expect(wrong).toEqual([]);
  });

  test('on the shift between two samples and on its interval', () => {
    const wrong = cases.shift.flatMap(({ before, after, alpha }, i) => {
      const theirs = expected.shift[i] ?? { needed: Number.NaN };
      const ours = shiftBetween(before, after, alpha);
      const isWrong =
        ours.kind === 'tooFew'
          ? !('needed' in theirs) || ours.needed !== theirs.needed
          : !('estimate' in theirs) ||
            differ(ours.estimate, theirs.estimate) ||
            differ(ours.atLeast, theirs.atLeast) ||
            differ(ours.atMost, theirs.atMost);
      return isWrong ? [{ i, ours, theirs }] : [];
    });
    expect(wrong).toEqual([]);
  });
});

function eventPair([bad, of, badBefore, ofBefore]: Cases['evidence'][number]['pairs'][number]) {
  return { bad, of, badBefore, ofBefore };
}
