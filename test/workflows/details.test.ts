import { expect, test } from 'vitest';
import { type ActionState, NOTHING_YET, type ReviewState } from '../../src/domain/record/action-state.ts';
import { detailsOf, reviewDetailsOf } from '../../src/workflows/details.ts';
import { aQuorum, aVote } from '../domain/support.ts';
import { aMessage, inEveryAgentText } from '../support/messages.ts';

const review = (votes: ReviewState['votes'], result?: ReviewState['result']): ReviewState => ({
  workflowId: 'review/a',
  runId: 'run',
  actionId: 'a',
  title: 'flush the cache',
  digest: 'd',
  outcome: { kind: 'succeeded', reason: 'healthy' },
  requirement: { allOf: [aQuorum('owners', 1, 'edsger'), aQuorum('security', 1, 'barbara')] },
  dueAt: Date.UTC(2026, 2, 14, 15),
  votes,
  refusedDecisions: [],
  result,
});

test('the card names all groups that are waited for, and once somebody approved also what is still needed', () => {
  const card = reviewDetailsOf(review([]));
  expect(card).toContain(
    'Due **2026-03-14 15:00:00 UTC** from 1 of owners and 1 of security (edsger, barbara)',
  );
  expect(card).not.toContain('Still needed');
  expect(reviewDetailsOf(review([aVote('barbara')]))).toContain('Still needed: **1 of owners**');
  const agreed = { kind: 'agreed', by: ['edsger', 'barbara'] } as const;
  expect(reviewDetailsOf(review([aVote('barbara')], agreed))).not.toContain('Still needed');
});

function stateOf(message: ReturnType<typeof aMessage>): ActionState {
  const { workflowId, runId, proposal, action, impact, ruling } = message;
  return {
    workflowId,
    runId,
    proposal,
    action,
    impact,
    ruling,
    status: 'waiting',
    ...NOTHING_YET,
  };
}

test('an operator reads the risk, the severities and the blast radius at a glance', () => {
  expect(detailsOf(stateOf(aMessage()))).toContain(
    'Risk **60 of 100**: performance 2, serviceDisruption 4 (of 4); needed by 1 service; taking it back 2 of 4',
  );
});

test('INVARIANT 12: nothing that the agent wrote to explain itself is on the card', () => {
  const words = 'AGENT TEXT';
  expect(detailsOf(stateOf(aMessage({}, inEveryAgentText(words))))).not.toContain(words);
});

test('an operator reads what people said, and of the agent no more than that it answered', () => {
  const asked = { id: '0123456789ab', person: 'grace', text: 'Why now?', at: 1 };
  const card = detailsOf({
    ...stateOf(aMessage()),
    revision: 2,
    edits: [{ by: 'grace', reason: 'the fix', at: 1, digestBefore: 'd' }],
    questions: [asked, { ...asked, id: 'ba9876543210', answer: { text: 'AGENT TEXT', at: 2 } }],
    withdrawals: [{ ...aVote('linus'), withdrawnAt: 2, withdrawal: 'j' }],
    breakGlass: { person: 'linus', reason: 'it is `down`', incident: 'INC-1', at: 3, jws: 'j' },
    revocation: { by: 'ada', reason: 'orders stopped', at: 4, jws: 'j' },
  });
  for (const line of [
    'Revision **2**, edited by grace',
    '- linus withdrew **approve**',
    '- grace asked 0123456789ab: open',
    '- grace asked ba9876543210: answered',
    '**linus broke the glass** for `INC-1`: `it is  down `',
    '**ada revoked it**: `orders stopped`',
  ])
    expect(card).toContain(line);
  expect(card).not.toContain('AGENT TEXT');
});
