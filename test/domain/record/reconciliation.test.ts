import { describe, expect, test } from 'vitest';
import {
  chain,
  type EntryKind,
  GENESIS,
  type LedgerEntry,
  type ReadEntry,
} from '../../../src/domain/ledger/ledger.ts';
import { type Effect, type History, reconciliationOf } from '../../../src/domain/record/reconciliation.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const ID = 'cache-agent.flush';
const HOUR = 3_600_000;
const RULING = { tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} };
const BODIES: Partial<Record<EntryKind, object>> = {
  ruled: {
    proposal: { agent: {}, rationale: {} },
    action: { agent: {}, params: {} },
    impact: {},
    ruling: RULING,
  },
  admitted: { execute: {}, votes: [] },
  executed: { kind: 'done', summary: 'it was done' },
  takenBack: { kind: 'done', summary: 'it was undone' },
  lost: { reason: 'its workflow was terminated' },
  closed: { outcome: { kind: 'succeeded', reason: 'healthy' }, record: {} },
};

/** Entries of one run, all recorded at time 0. */
function entriesOf(...kinds: EntryKind[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [n, kind] of kinds.entries())
    entries.push(
      chain(
        entries.at(-1) ?? GENESIS,
        { eventId: `${ID}/run/${n}`, actionId: ID, kind, at: 0, body: (BODIES[kind] ?? {}) as Json },
        '5a'.repeat(16),
      ),
    );
  return entries;
}

const ended = (changes: Partial<Extract<History, { kind: 'ended' }>> = {}): History => ({
  kind: 'ended',
  runId: 'run',
  how: 'completed',
  outcome: 'succeeded',
  completed: ['admit', 'execute', 'close'],
  ...changes,
});
const GONE: History = { kind: 'gone' };
const RUNNING: History = { kind: 'running' };
const SUCCEEDED = entriesOf('ruled', 'admitted', 'executed', 'closed');

const found = (
  entries: readonly ReadEntry[],
  history: History,
  effect: Effect = { found: 'notAsked' },
  now = 0,
) => reconciliationOf(ID, entries, history, effect, now);

describe('an action agrees', () => {
  test.each<[string, readonly ReadEntry[], History, Effect?]>([
    ['that ended alike in ledger and workflow', SUCCEEDED, ended()],
    ['whose effect is there', SUCCEEDED, ended(), { found: 'present', summary: '200' }],
    ['that is under way', entriesOf('ruled', 'admitted'), RUNNING],
    ['whose workflow still tells people of its end', SUCCEEDED, RUNNING],
    [
      'whose workflow was ended from outside, and which was closed since',
      SUCCEEDED,
      ended({ how: 'terminated', outcome: undefined }),
    ],
    [
      'that was refused, and so was never ruled on',
      [],
      ended({ how: 'failed', outcome: undefined, completed: [] }),
    ],
  ])('%s', (_, entries, history, effect) => {
    expect(found(entries, history, effect)).toEqual({ kind: 'agrees' });
  });
});

describe('an action differs', () => {
  test.each<[string, readonly ReadEntry[], History, Effect?]>([
    ['it has not ended by the ledger, and Temporal keeps no workflow', entriesOf('ruled'), GONE],
    [
      'its workflow was terminated, and the ledger does not say that it ended',
      entriesOf('ruled'),
      ended({ how: 'terminated' }),
    ],
    [
      'it ended succeeded by the ledger, and rolledBack by its workflow',
      SUCCEEDED,
      ended({ outcome: 'rolledBack' }),
    ],
    ['it ran by its workflow, and not by the ledger', entriesOf('ruled', 'admitted', 'closed'), ended()],
    [
      'it was taken back by its workflow, and not by the ledger',
      SUCCEEDED,
      ended({ completed: ['execute', 'rollBack'] }),
    ],
    ['its effect is not there: 404', SUCCEEDED, ended(), { found: 'absent', summary: '404' }],
    ['its effect is not there: 404', SUCCEEDED, GONE, { found: 'absent', summary: '404' }],
    ['the ledger has no ruling on it', [], ended()],
  ])('%s', (words, entries, history, effect) => {
    expect(found(entries, history, effect)).toEqual({
      kind: 'differs',
      reasons: [expect.stringContaining(words)],
    });
  });

  test('where its workflow runs an hour after its end, not earlier', () => {
    expect(found(SUCCEEDED, RUNNING, undefined, HOUR)).toEqual({ kind: 'agrees' });
    expect(found(SUCCEEDED, RUNNING, undefined, HOUR + 1)).toMatchObject({ kind: 'differs' });
  });

  test('where somebody changed an entry', () => {
    const bent = SUCCEEDED.map(
      (entry): ReadEntry =>
        entry.seq === 3 ? { ...entry, kind: 'unreadable', body: { reason: 'changed' } } : entry,
    );
    expect(found(bent, ended({ completed: [] }))).toMatchObject({
      kind: 'differs',
      reasons: ['entry 3 of the ledger was changed by somebody'],
    });
  });
});

describe('of an action it cannot be told', () => {
  test.each<[string, readonly ReadEntry[], History, Effect?]>([
    ['Temporal keeps no history of it any more', SUCCEEDED, GONE],
    ['neither the ledger nor Temporal knows it', [], GONE],
    ['what its workflow returned cannot be read', SUCCEEDED, ended({ outcome: undefined })],
    ['it is lost, and waits', entriesOf('ruled', 'admitted', 'lost'), ended({ how: 'terminated' })],
    [
      'whether its effect is there is not known: no answer',
      SUCCEEDED,
      ended(),
      { found: 'unknown', summary: 'no answer' },
    ],
  ])('%s', (words, entries, history, effect) => {
    expect(found(entries, history, effect)).toEqual({
      kind: 'unknown',
      reasons: [expect.stringContaining(words)],
    });
  });

  test('where something was erased: its end is still its end', () => {
    const erased = SUCCEEDED.map((entry): ReadEntry => {
      const { salt: _, kind: was, commitment = '', ...rest } = entry;
      return was === 'closed'
        ? { ...rest, commitment, was, kind: 'erased', body: { reason: 'gone' } }
        : entry;
    });
    expect(found(erased, ended())).toEqual({
      kind: 'unknown',
      reasons: ['what entry 4 of the ledger said was erased'],
    });
  });
});
