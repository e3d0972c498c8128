import { expect, test } from 'vitest';
import type { OutcomeKind } from '../../../src/domain/action/outcome.ts';
import type { EntryKind, ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import { truthOf } from '../../../src/domain/practice/truth.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const RULED = {
  proposal: { agent: {}, rationale: {} },
  action: { agent: {}, params: {} },
  impact: {},
  ruling: { tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} },
};

/** Entries about one action, in this order. */
const entries = (...facts: (readonly [EntryKind, Json])[]): ReadEntry[] =>
  facts.map(([kind, body], n) => ({
    seq: n + 1,
    eventId: `a/run/${kind}`,
    actionId: 'a',
    kind,
    at: n,
    body,
    previousHash: '',
    hash: '',
  }));

const ended = (kind: OutcomeKind, settlement: string, ...after: (readonly [EntryKind, Json])[]) =>
  entries(
    ['ruled', RULED],
    ['settled', { digest: '', settlement: { kind: settlement }, votes: [], since: 0 }],
    ['closed', { outcome: { kind, reason: 'because' }, hold: false, record: {}, review: null }],
    ...after,
  );

test.each([
  ['deniedByPerson', 'denied', { is: 'bad', kind: 'people denied it', because: 'because' }],
  ['revoked', 'approved', { is: 'bad', kind: 'people revoked it', because: 'because' }],
  ['rolledBack', 'approved', { is: 'bad', kind: 'it had to be taken back', because: 'because' }],
  ['rollbackFailed', 'approved', { is: 'bad', kind: 'it had to be taken back', because: 'because' }],
  ['rollbackUnverified', 'proceed', { is: 'bad', kind: 'it had to be taken back', because: 'because' }],
  ['succeeded', 'approved', { is: 'good', kind: 'it went well', because: 'people approved it, and because' }],
  // Nobody looked at it: that it went well says nothing about what a person should have said.
  ['succeeded', 'proceed', undefined],
  ['expired', 'expired', undefined],
  ['failed', 'approved', undefined],
] as const)('what ended as %s after "%s" is known for what it is', (outcome, settlement, truth) => {
  expect(truthOf('a', ended(outcome, settlement))).toEqual(truth);
});

test('what people reported afterwards counts over how it ended', () => {
  const reported = (found: string) =>
    ['reported', { person: 'grace', found, reason: 'carts were lost' }] as const;
  expect(truthOf('a', ended('succeeded', 'approved', reported('regressed')))).toMatchObject({
    is: 'bad',
    kind: 'it made things worse',
  });
  expect(truthOf('a', ended('rolledBack', 'approved', reported('rollbackWrong')))).toBeUndefined();
});

test('of what is not over, nothing is known', () => {
  expect(truthOf('a', entries(['ruled', RULED]))).toBeUndefined();
  expect(truthOf('a', [])).toBeUndefined();
});
