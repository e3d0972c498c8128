import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decided, type Settlement, silence, stopsAction } from '../../../src/domain/approval/settlement.ts';
import { tallyOf } from '../../../src/domain/approval/vote-tally.ts';
import type { Delivery } from '../../../src/domain/escalation/route.ts';
import { aQuorum, aRequirement, aVote } from '../support.ts';

const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
  step: 'route-1',
  by: 'mail',
  whom: 'owners',
  delivered: true,
  detail: 'to 2 people',
  ...changes,
});
const mailed = delivery();
const notMailed = delivery({ delivered: false, detail: 'connection refused' });
const paged = delivery({ step: 'proceeding', by: 'page', whom: 'on-call' });
const notPaged = { ...paged, delivered: false };

describe('people have decided', () => {
  const requirement = aRequirement(2, 'ada', 'grace', 'linus');

  test('not while approvals are missing', () => {
    expect(decided(requirement, [])).toBeUndefined();
    expect(decided(requirement, [aVote('ada')])).toBeUndefined();
    expect(decided(requirement, [aVote('ada'), aVote('edsger')])).toBeUndefined();
  });

  test('not while one of two groups is silent', () => {
    const both = { allOf: [requirement, aQuorum('security', 1, 'margaret')] };
    expect(decided(both, [aVote('ada'), aVote('grace'), aVote('linus')])).toBeUndefined();
    expect(decided(both, [aVote('ada'), aVote('grace'), aVote('margaret')])?.kind).toBe('approved');
  });

  test('once enough approved, and it says who', () => {
    expect(decided(requirement, [aVote('ada'), aVote('grace')])).toEqual({
      kind: 'approved',
      by: ['ada', 'grace'],
    });
  });

  test('INVARIANT 4: a denial in the same batch wins, first or last', () => {
    const no = aVote('linus', 'deny', { reason: 'not today' });
    const yes = [aVote('ada'), aVote('grace')];
    const denied = { kind: 'denied', by: 'linus', reason: 'not today' };
    expect(decided(requirement, [no, ...yes])).toEqual(denied);
    expect(decided(requirement, [...yes, no])).toEqual(denied);
  });
});

describe('silence', () => {
  test.each([
    ['expires when a mail arrived', [mailed], 'expired'],
    ['expires when only a page arrived', [notMailed, paged], 'expired'],
    ['expires when one of several arrived', [notMailed, notMailed, mailed], 'expired'],
    ['is undeliverable when nothing arrived', [notMailed, notPaged], 'undeliverable'],
    ['is undeliverable when nothing was even sent', [], 'undeliverable'],
  ] as const)('of a route that denies %s', (_, deliveries, kind) => {
    expect(silence('deny', deliveries).kind).toBe(kind);
  });

  test.each([
    ['proceeds once on-call was paged', [mailed, paged], 'proceed'],
    ['proceeds although no mail arrived', [notMailed, paged], 'proceed'],
    ['does not proceed on mail alone', [mailed], 'undeliverable'],
    ['does not proceed when the page did not arrive', [mailed, notPaged], 'undeliverable'],
    ['does not proceed when nothing was sent', [], 'undeliverable'],
  ] as const)('of a window %s', (_, deliveries, kind) => {
    expect(silence('proceed', deliveries).kind).toBe(kind);
  });

  test('INVARIANT 1: a page that only announced the window is not the page that it proceeds', () => {
    const announced = delivery({ step: 'route-2', by: 'page', whom: 'on-call' });
    expect(silence('proceed', [mailed, announced, notPaged]).kind).toBe('undeliverable');
  });

  test('says why it does not proceed', () => {
    expect([silence('proceed', []), silence('deny', []), silence('deny', [mailed])]).toEqual([
      { kind: 'undeliverable', reason: 'on-call could not be paged, so silence does not proceed' },
      { kind: 'undeliverable', reason: 'no message of the escalation route could be delivered' },
      { kind: 'expired', reason: 'nobody decided before the deadline' },
    ]);
  });

  test('after an approval that was not enough says who approved and what was missing', () => {
    const both = { allOf: [aQuorum('checkout-team', 1, 'grace'), aQuorum('security', 1, 'linus')] };
    const reasonWith = (...people: string[]) =>
      silence(
        'deny',
        [mailed],
        tallyOf(
          both,
          people.map((person) => aVote(person)),
        ),
      );
    expect(reasonWith('grace')).toEqual({
      kind: 'expired',
      reason: 'grace approved it, and 1 of security was still needed at the deadline',
    });
    expect(reasonWith()).toEqual({ kind: 'expired', reason: 'nobody decided before the deadline' });
  });

  test('INVARIANT 1: silence is never an approval, and proceeds only where a window says so', () => {
    const anyDelivery = fc
      .record({ by: fc.constantFrom('mail', 'page'), delivered: fc.boolean() })
      .map((changes) => delivery({ ...changes, step: 'proceeding' }));
    fc.assert(
      fc.property(fc.constantFrom('deny', 'proceed'), fc.array(anyDelivery), (onSilence, deliveries) => {
        const { kind } = silence(onSilence, deliveries);
        const page = deliveries.some(({ by, delivered }) => by === 'page' && delivered);
        expect(kind === 'proceed').toBe(onSilence === 'proceed' && page);
        expect(kind).not.toBe('approved');
        expect(kind).not.toBe('denied');
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('what a settlement does to the action', () => {
  test.each([[{ kind: 'approved', by: ['ada'] }], [{ kind: 'proceed' }]] satisfies [Settlement][])(
    '%j lets it go on',
    (settlement) => {
      expect(stopsAction(settlement)).toBeUndefined();
    },
  );

  test.each([
    [{ kind: 'denied', by: 'linus', reason: 'not today' }, 'deniedByPerson', 'linus denied it: not today'],
    [{ kind: 'denied', by: 'linus', reason: '' }, 'deniedByPerson', 'linus denied it'],
    [{ kind: 'expired', reason: 'nobody decided' }, 'expired', 'nobody decided'],
    [{ kind: 'undeliverable', reason: 'no page' }, 'undeliverable', 'no page'],
  ] satisfies [Settlement, string, string][])('%j stops it as %s', (settlement, kind, reason) => {
    expect(stopsAction(settlement)).toEqual({ kind, reason });
  });
});
