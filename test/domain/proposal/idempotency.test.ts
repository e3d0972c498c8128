import { expect, test } from 'vitest';
import {
  chain,
  type EntryKind,
  GENESIS_HASH,
  type LedgerEntry,
  type ReadEntry,
} from '../../../src/domain/ledger/ledger.ts';
import { usedBefore } from '../../../src/domain/proposal/idempotency.ts';

function entry(kind: EntryKind, run: string, body: LedgerEntry['body'] = {}): LedgerEntry {
  const at = Date.UTC(2026, 0, 2);
  return chain(
    { seq: 0, hash: GENESIS_HASH },
    { eventId: `a.b/${run}/${kind}`, actionId: 'a.b', kind, at, body },
  );
}

const closed = entry('closed', 'first', { outcome: { kind: 'rolledBack' } });

test('an id of which nothing is recorded is free', () => {
  expect(usedBefore([], 'first')).toEqual([]);
});

test('an action goes on in its own run, and in each that a reset makes of it', () => {
  expect(usedBefore([entry('ruled', 'first')], 'first')).toEqual([]);
  expect(usedBefore([entry('ruled', 'first'), closed, entry('ruled', 'reset')], 'first')).toEqual([]);
});

test('an id that an earlier action had is taken for ever, however that ended', () => {
  const where = 'idempotencyKey';
  const since = 'was used for an action of 2026-01-02T00:00:00.000Z';
  expect(usedBefore([entry('ruled', 'first')], 'other')).toEqual([
    { where, problem: `${since}: another action needs another key` },
  ]);
  expect(usedBefore([entry('ruled', 'first'), closed], 'other')).toEqual([
    { where, problem: `${since} that ended rolledBack: another action needs another key` },
  ]);
});

test('INVARIANT 8: an id is taken where an entry about it cannot be read: it may have been that of a ruling', () => {
  const changed: ReadEntry = { ...closed, kind: 'unreadable', body: { reason: 'its row was changed' } };
  const taken = [
    {
      where: 'idempotencyKey',
      problem:
        'may have been used: entry 1 of the ledger, about it, cannot be read: another action needs another key',
    },
  ];
  expect(usedBefore([changed], 'first')).toEqual(taken);
  expect(usedBefore([entry('ruled', 'first'), changed], 'first')).toEqual(taken);
});
