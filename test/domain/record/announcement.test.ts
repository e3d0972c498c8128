import { describe, expect, test } from 'vitest';
import type { Outcome, OutcomeKind } from '../../../src/domain/action/outcome.ts';
import { address } from '../../../src/domain/record/announcement.ts';
import { type OnRecord, onRecord } from '../../../src/domain/record/on-record.ts';
import { aMessage } from '../../support/messages.ts';
import { aVote } from '../support.ts';

const { proposal, action, impact, ruling, runId, workflowId } = aMessage();
const besides = { about: { workflowId, runId }, statements: [], now: 10 };

function record(changes: Partial<OnRecord> = {}): OnRecord {
  return {
    ...onRecord(action.id, runId, []),
    ruled: { proposal, action, impact, ruling, at: 1 },
    ...changes,
  };
}

const peopleOf = (known: OnRecord, announcement: Parameters<typeof address>[1]) => {
  const addressing = address(known, announcement, besides);
  return addressing.kind === 'addressed' ? addressing.addressed : undefined;
};

const ended = (kind: OutcomeKind): OnRecord => {
  const outcome: Outcome = { kind, reason: 'errors' };
  const settlement = { kind: 'approved', by: ['linus'] } as const;
  return record({
    settled: { digest: '', settlement, votes: [aVote('linus')], since: 1, at: 1 },
    closed: { outcome, hold: false, record: {}, review: null, at: 2 },
  });
};

describe('whoever let it run hears how it failed, as the owners do', () => {
  test.each([
    ['failed', 'closed'],
    ['rolledBack', 'rolledBack'],
    ['rollbackFailed', 'rollbackFailed'],
    ['rollbackUnverified', 'rollbackUnverified'],
    ['revoked', 'revoked'],
  ] as const)('%s', (outcome, kind) => {
    expect(peopleOf(ended(outcome), { kind: 'ended', by: 'mail' })).toMatchObject({
      kind,
      people: expect.arrayContaining(['linus', 'ada', 'grace']),
    });
  });

  test('and nobody is mailed of what went well, or never ran', () => {
    for (const kind of ['succeeded', 'expired', 'deniedByPerson', 'cancelled', 'held'] as const)
      expect(peopleOf(ended(kind), { kind: 'ended', by: 'mail' })).toBeUndefined();
  });
});

test('an edit is told to everybody who decides on it now', () => {
  const edit = { by: 'grace', reason: 'less', at: 5, digestBefore: '', revision: 2, params: {}, jws: 'j' };
  const addressed = peopleOf(record({ edits: [edit], voters: ['linus'] }), { kind: 'edited' });
  expect(addressed?.people).toEqual(expect.arrayContaining(['linus', 'margaret', 'ada', 'grace']));
});
