import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Anomaly, doubtIn, whyDoubted } from '../../../src/domain/action/doubt.ts';

const said = (confidence: number, ...alternatives: number[]) => ({
  rationale: {
    summary: 'a reason',
    confidence,
    alternatives: alternatives.map((sure) => ({ option: 'another', confidence: sure, whyNot: 'slower' })),
  },
});
const none: Anomaly = { kind: 'none' };

describe('what speaks for doubt', () => {
  test.each([
    [said(0.9, 0.4), none, { confidence: 90, margin: 50 }],
    [said(0.9, 0.4, 0.8), none, { confidence: 90, margin: 10 }],
    [said(0.4, 0.9), none, { confidence: 40, margin: -50 }],
    [said(0.29), none, { confidence: 29, margin: 29 }],
    [said(0.599), none, { confidence: 59, margin: 59 }],
    [said(0.9), { kind: 'score', score: 0.801 } as const, { confidence: 90, margin: 90, anomalyScore: 81 }],
    [said(0.9), { kind: 'unknown' } as const, { confidence: 90, margin: 90, anomalyScore: 100 }],
  ])('is in whole percent, rounded to the side of doubt: %#', (proposal, anomaly, doubt) => {
    expect(doubtIn(proposal, anomaly)).toEqual(doubt);
  });

  test('is nothing without rules for it', () => {
    expect(whyDoubted(doubtIn(said(0, 1), { kind: 'unknown' }), undefined)).toEqual([]);
    expect(whyDoubted(doubtIn(said(0, 1), { kind: 'unknown' }), {})).toEqual([]);
  });

  test('INVARIANT 7: a score that nobody gave is the worst where there is a limit for it', () => {
    expect(whyDoubted(doubtIn(said(1), none), { anomalyAbove: 99 })).toHaveLength(1);
  });

  test('a surer agent, a worse alternative and a smaller score never add doubt', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const limit = fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined });
    fc.assert(
      fc.property(
        fc.record({ confidenceBelow: limit, marginBelow: limit, anomalyAbove: limit }),
        fc.tuple(share, share, share),
        fc.tuple(share, share, share),
        (rules, [sure, other, odd], [more, less, fewer]) => {
          const doubtful = doubtIn(said(sure, other), { kind: 'score', score: odd });
          const calm = doubtIn(said(Math.max(sure, more), Math.min(other, less)), {
            kind: 'score',
            score: Math.min(odd, fewer),
          });
          expect(whyDoubted(calm, rules).length).toBeLessThanOrEqual(whyDoubted(doubtful, rules).length);
        },
      ),
    );
  });
});
