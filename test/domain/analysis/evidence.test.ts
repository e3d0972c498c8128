import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type EventPair, evidenceOf, ratioBoundsOf } from '../../../src/domain/analysis/evidence.ts';

const NO_WORSE = { ratio: 1.5, negligible: 0 };
const ENOUGH = Math.log(50);

/** Counts in as much time on either side, a pair a minute. */
const minutes = (bad: number, badBefore: number, count = 1): EventPair[] =>
  Array.from({ length: count }, () => ({ bad, of: 1, badBefore, ofBefore: 1 }));

const share = (bad: number, of: number, badBefore: number, ofBefore: number): EventPair => ({
  bad,
  of,
  badBefore,
  ofBefore,
});

const pair = fc
  .record({
    bad: fc.nat(50),
    of: fc.integer({ min: 1, max: 500 }),
    badBefore: fc.nat(50),
    ofBefore: fc.nat(500),
  })
  .map(({ bad, of, badBefore, ofBefore }) =>
    share(Math.min(bad, of), of, Math.min(badBefore, ofBefore), ofBefore),
  );
const pairs = fc.array(pair, { maxLength: 30 });
const tolerance = fc.record({
  ratio: fc.double({ min: 1, max: 5, noNaN: true }),
  negligible: fc.constantFrom(0, 0.001, 0.01, 0.2),
});

describe('evidence from events', () => {
  test('three times as many are found within minutes', () => {
    expect(evidenceOf(minutes(9, 3, 10), NO_WORSE).worse).toBeGreaterThan(ENOUGH);
  });

  test('as many are none that there are more, and in time that there are not', () => {
    expect(evidenceOf(minutes(9, 9, 30), NO_WORSE).worse).toBeLessThan(0);
    expect(evidenceOf(minutes(9, 9, 30), NO_WORSE).notWorse).toBeGreaterThan(ENOUGH);
  });

  test('nothing at all is no evidence', () => {
    for (const events of [[], minutes(0, 0, 30)])
      expect(evidenceOf(events, NO_WORSE)).toEqual({ worse: 0, notWorse: 0 });
  });

  test('a baseline without a bad event is compared without a division', () => {
    expect(evidenceOf(minutes(2, 0), NO_WORSE).worse).toBeLessThan(ENOUGH);
    expect(evidenceOf(minutes(20, 0), NO_WORSE).worse).toBeGreaterThan(ENOUGH);
    expect(evidenceOf([share(0, 10_000, 0, 10_000)], NO_WORSE)).toEqual({ worse: 0, notWorse: 0 });
  });

  test('a baseline of which nothing is known says nothing, however many are bad', () => {
    expect(evidenceOf([share(500, 1_000, 0, 0)], NO_WORSE)).toEqual({ worse: 0, notWorse: 0 });
  });

  test('what nobody minds is no regression, however many times as much it is', () => {
    const tenTimes = [share(50, 100_000, 5, 100_000)];
    expect(evidenceOf(tenTimes, NO_WORSE).worse).toBeGreaterThan(ENOUGH);
    const { worse, notWorse } = evidenceOf(tenTimes, { ratio: 1.5, negligible: 0.001 });
    expect(worse).toBeLessThan(0);
    expect(notWorse).toBeGreaterThan(ENOUGH);
  });

  test('without a bad event on either side, much traffic shows that there are few', () => {
    const quiet = [share(0, 10_000, 0, 10_000)];
    expect(evidenceOf(quiet, { ratio: 1.5, negligible: 0.001 }).notWorse).toBeGreaterThan(ENOUGH);
  });

  test('more traffic is no regression where the share is the same', () => {
    const grown = Array.from({ length: 30 }, () => share(90, 9_000, 10, 1_000));
    expect(evidenceOf(grown, NO_WORSE).worse).toBeLessThan(0);
    expect(evidenceOf(grown, NO_WORSE).notWorse).toBeGreaterThan(ENOUGH);
  });

  test('more bad events never weaken it, and never strengthen that it is not worse', () => {
    fc.assert(
      fc.property(pairs, tolerance, fc.nat(), fc.nat(20), (events, tolerated, at, more) => {
        if (events.length === 0) return;
        const worsened = events.map((event, i) =>
          i === at % events.length ? { ...event, bad: Math.min(event.of, event.bad + more) } : event,
        );
        const before = evidenceOf(events, tolerated);
        const after = evidenceOf(worsened, tolerated);
        expect(after.worse).toBeGreaterThanOrEqual(before.worse - 1e-9);
        expect(after.notWorse).toBeLessThanOrEqual(before.notWorse + 1e-9);
      }),
    );
  });

  test('the order of the looks never changes it', () => {
    fc.assert(
      fc.property(pairs, tolerance, (events, tolerated) => {
        const { worse, notWorse } = evidenceOf(events, tolerated);
        const turned = evidenceOf(events.toReversed(), tolerated);
        expect(turned.worse).toBeCloseTo(worse, 9);
        expect(turned.notWorse).toBeCloseTo(notWorse, 9);
      }),
    );
  });

  test('it is always a number', () => {
    fc.assert(
      fc.property(pairs, tolerance, (events, tolerated) => {
        const { worse, notWorse } = evidenceOf(events, tolerated);
        expect(Number.isFinite(worse) && Number.isFinite(notWorse)).toBe(true);
      }),
    );
  });

  /** The mean over all that may be counted in one block, weighed with its chance: a sum, not a simulation. */
  const meanOf = (
    kind: 'worse' | 'notWorse',
    chanceAfter: number,
    chanceBefore: number,
    tolerated = NO_WORSE,
  ) => {
    const [of, ofBefore] = [40, 60];
    const after = binomial(of, chanceAfter);
    const before = binomial(ofBefore, chanceBefore);
    let mean = 0;
    for (const [bad, p] of after.entries())
      for (const [badBefore, q] of before.entries())
        mean += p * q * Math.exp(evidenceOf([share(bad, of, badBefore, ofBefore)], tolerated)[kind]);
    return mean;
  };

  test.each([0.001, 0.01, 0.1, 0.3, 0.6])(
    'its mean is at most 1 where the share is as tolerated or less: it is a supermartingale (before: %d)',
    (before) => {
      for (const part of [0, 0.5, 0.9, 1])
        expect(meanOf('worse', part * 1.5 * before, before)).toBeLessThanOrEqual(1 + 1e-12);
      for (const part of [1, 1.1, 1.5])
        expect(meanOf('notWorse', Math.min(1, part * 1.5 * before), before)).toBeLessThanOrEqual(1 + 1e-12);
    },
  );

  test('its mean is at most 1 also where only what nobody minds is exceeded, or only the ratio', () => {
    const tolerated = { ratio: 1.5, negligible: 0.1 };
    expect(meanOf('worse', 0.1, 0.01, tolerated)).toBeLessThanOrEqual(1 + 1e-12);
    expect(meanOf('worse', 0.3, 0.2, tolerated)).toBeLessThanOrEqual(1 + 1e-12);
    expect(meanOf('notWorse', 0.1, 0.01, tolerated)).toBeLessThanOrEqual(1 + 1e-12);
    expect(meanOf('notWorse', 0.3, 0.2, tolerated)).toBeLessThanOrEqual(1 + 1e-12);
  });

  test('its mean is more than 1 where the share is worse: it finds something', () => {
    expect(meanOf('worse', 0.5, 0.1)).toBeGreaterThan(5);
    expect(meanOf('notWorse', 0.05, 0.3)).toBeGreaterThan(5);
  });
});

describe('the bounds of the ratio', () => {
  test('hold the ratio that was seen, and become narrower with more events', () => {
    const few = ratioBoundsOf(minutes(18, 9, 5), ENOUGH);
    const many = ratioBoundsOf(minutes(18, 9, 100), ENOUGH);
    expect(few.atLeast).toBeLessThan(2);
    expect(few.atMost).toBeGreaterThan(2);
    expect(many.atLeast).toBeGreaterThan(few.atLeast ?? 0);
    expect(many.atMost).toBeLessThan(few.atMost ?? 0);
  });

  test('there are none where nothing is known, and only a lower one where nothing was bad before', () => {
    expect(ratioBoundsOf([], ENOUGH)).toEqual({});
    const { atLeast, atMost } = ratioBoundsOf(minutes(20, 0), ENOUGH);
    expect(atLeast).toBeGreaterThan(1);
    expect(atMost).toBeUndefined();
  });
});

function binomial(n: number, p: number): number[] {
  const chances = [1];
  for (let i = 0; i < n; i++) {
    chances.push(0);
    for (let k = chances.length - 1; k >= 0; k--)
      chances[k] = (chances[k] ?? 0) * (1 - p) + (chances[k - 1] ?? 0) * p;
  }
  return chances;
}
