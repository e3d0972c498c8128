import { expect, test } from 'vitest';
import { reviewText, rulingLine } from '../../src/cli/text.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import type { ReviewState } from '../../src/domain/record/action-state.ts';
import { aQuorum, aVote } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { ruleOn } from '../support/policies.ts';
import { deploy } from '../support/proposals.ts';

test('a ruling that needs several groups names them all', () => {
  const { rules } = testInstallation().installation;
  const both = {
    allOf: [
      { atLeast: 1, of: ['owners'] },
      { atLeast: 2, of: ['on-call'] },
    ],
  };
  const { installation } = testInstallation({
    rules: { ...rules, approval: { ...rules.approval, approval: both } },
  });
  const resolved = resolve(installation, deploy('2.4.0'), () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  expect(rulingLine(ruleOn(installation, resolved.action))).toBe(
    'Tier 3: waits for 1 of checkout-team and 2 of sre-on-call (this action on a tier-1 service is tier 3)',
  );
});

const review = (changes: Partial<ReviewState>): ReviewState => ({
  workflowId: 'review/a',
  runId: 'run',
  actionId: 'a',
  title: 'flush the cache',
  digest: 'd',
  outcome: { kind: 'succeeded', reason: 'healthy' },
  requirement: { allOf: [aQuorum('owners', 1, 'edsger'), aQuorum('security', 1, 'barbara')] },
  dueAt: Date.UTC(2026, 2, 14, 15),
  votes: [],
  refusedDecisions: [],
  ...changes,
});
const standsAt = (changes: Partial<ReviewState> = {}) => reviewText(review(changes)).split('\n').at(-1);

test('who waits is told for whom, and once somebody approved also what is still needed', () => {
  const waiting = 'waiting for 1 of owners and 1 of security (edsger, barbara) until 2026-03-14 15:00:00 UTC';
  expect(standsAt()).toBe(waiting);
  expect(standsAt({ votes: [aVote('barbara')] })).toBe(
    `${waiting}; barbara approved, still needed: 1 of owners`,
  );
  expect(standsAt({ result: { kind: 'agreed', by: ['edsger', 'barbara'] } })).toBe('agreed: edsger, barbara');
});
