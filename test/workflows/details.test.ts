import { expect, test } from 'vitest';
import type { ReviewState } from '../../src/domain/state.ts';
import { reviewDetailsOf } from '../../src/workflows/details.ts';
import { aQuorum, aVote } from '../domain/support.ts';

const review = (votes: ReviewState['votes'], result?: ReviewState['result']): ReviewState => ({
  ...{ workflowId: 'review/a', runId: 'run', actionId: 'a', title: 'flush the cache', digest: 'd' },
  outcome: { kind: 'succeeded', reason: 'healthy' },
  requirement: { allOf: [aQuorum('owners', 1, 'edsger'), aQuorum('security', 1, 'barbara')] },
  ...{ dueAt: Date.UTC(2026, 2, 14, 15), votes, refusedDecisions: [], result },
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
