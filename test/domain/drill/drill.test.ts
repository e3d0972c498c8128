import { describe, expect, test } from 'vitest';
import { recordedState } from '../../../src/contract/recorded-state.ts';
import { type DrillBodies, drillIn, resultOf } from '../../../src/domain/drill/drill.ts';
import { drillDue } from '../../../src/domain/drill/due.ts';
import { movedTo, recast } from '../../../src/domain/drill/recast.ts';
import { shownAs } from '../../../src/domain/drill/shown-as.ts';
import { chain, GENESIS, type LedgerEntry } from '../../../src/domain/ledger/ledger.ts';
import type { WrittenCase } from '../../../src/domain/practice/case.ts';
import { lastOnRecord } from '../../../src/domain/record/on-record.ts';

const REVEAL = { kind: 'too much', because: 'It is too much.', facts: ['5 times as much'] };
const RULED = {
  proposal: { agent: {}, rationale: {} },
  action: { agent: {}, params: {} },
  impact: {},
  ruling: { kind: 'permit', tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} },
};

function entriesOf(...facts: readonly (readonly [keyof DrillBodies, object])[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [n, [kind, more]] of facts.entries()) {
    const body = { runId: 'run', ...more };
    const fact = { eventId: `drills/1/${n}`, actionId: 'agent.request', kind, at: n, body };
    entries.push(chain(entries.at(-1) ?? GENESIS, fact, '00'.repeat(16)));
  }
  return entries;
}

const ASKED = ['drillAsked', { ruled: RULED, reveal: REVEAL }] as const;
const ENDED = [
  'drillEnded',
  { result: 'missed', said: { person: 'grace', verdict: 'approve', decidedAt: 1, jws: 'ey' } },
] as const;

describe('what the ledger has of a drill', () => {
  test('INVARIANTS 1, 13: is no action to any step that changes something', () => {
    const entries = entriesOf(ASKED, ENDED);
    expect(lastOnRecord('agent.request', entries)).toBeUndefined();
    expect(recordedState(entries)).toBeUndefined();
    expect(drillIn(entries)).toMatchObject({ ended: { result: 'missed' } });
  });

  test('looks as an action that waits, until it is over', () => {
    expect(recordedState(shownAs(entriesOf(ASKED)))).toMatchObject({ status: 'waiting', runId: 'run' });
    const over = recordedState(shownAs(entriesOf(ASKED, ENDED)));
    expect(over).toMatchObject({ status: 'closed', outcome: { kind: 'cancelled' }, votes: [] });
    expect(over?.outcome?.reason).toBe(
      'this was a drill: no agent asked for it, and nothing could run. It is too much. The page said "5 times as much"',
    );
  });

  test('is shown without who said what, and without what gives it away while it waits', () => {
    expect(JSON.stringify(shownAs(entriesOf(ASKED)))).not.toMatch(/too much|drill(Asked|Ended)/);
    expect(JSON.stringify(shownAs(entriesOf(ASKED, ENDED)))).not.toMatch(/grace|missed/);
  });

  test('is nothing where it cannot be read', () => {
    expect(drillIn(entriesOf(['drillAsked', { ruled: 'x' }]))).toBeUndefined();
    expect(shownAs([])).toEqual([]);
  });
});

test.each([
  ['deny', 'caught'],
  ['approve', 'missed'],
  ['breakGlass', 'missed'],
  ['ask', 'lookedCloser'],
  ['edit', 'lookedCloser'],
  ['acknowledge', undefined],
] as const)('whoever says %s has %s', (verdict, result) => {
  expect(resultOf(verdict)).toBe(result);
});

describe('a drill is due', () => {
  test.each([
    [{ requests: 48, drills: 0 }, 'notDue'],
    [{ requests: 49, drills: 0 }, 'due'],
    [{ requests: 49, drills: 1 }, 'notDue'],
    [{ requests: 98, drills: 1 }, 'due'],
    [{ requests: 0, drills: 0 }, 'notDue'],
  ] as const)('as long as with it they are at most one of fifty: %j is %s', (counted, kind) => {
    expect(drillDue(0.02, { ...counted, open: 0 }).kind).toBe(kind);
  });

  test('never beside another one that waits', () => {
    expect(drillDue(0.2, { requests: 1_000, drills: 0, open: 1 })).toEqual({
      kind: 'notDue',
      why: 'a drill waits for an answer',
    });
  });
});

describe('a case of another installation', () => {
  test('gets the names of this one, where they stand by themselves', () => {
    const names = { cart: 'basket', 'instances.scale': 'pods.set', count: 'replicas' };
    expect(recast('instances.scale on cart: cart.count, cart-db and count, recount', names)).toBe(
      'pods.set on basket: basket.replicas, cart-db and replicas, recount',
    );
    expect(recast('cart', {})).toBe('cart');
  });

  test('tells of the same times before it, whenever it is asked', () => {
    const at = Date.parse('2026-12-02T11:30:00Z');
    const written = {
      at,
      because: 'It was.',
      facts: ['from 2026-12-02T11:00:00Z'],
      asks: {
        rationale: { summary: 'since 2026-12-02T10:30:00Z', confidence: 1, alternatives: [] },
        evidence: [{ title: 'load', detail: '71 % at 2026-12-02T11:27:00Z' }],
        successCriteria: ['well'],
      },
    } as unknown as WrittenCase;
    expect(movedTo(written, at + 3_600_000)).toMatchObject({
      at: at + 3_600_000,
      facts: ['from 2026-12-02T12:00:00Z'],
      asks: {
        rationale: { summary: 'since 2026-12-02T11:30:00Z' },
        evidence: [{ detail: '71 % at 2026-12-02T12:27:00Z' }],
      },
    });
  });
});
