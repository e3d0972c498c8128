import { expect, test } from 'vitest';
import { DECISION_KINDS, type DecisionStatement } from '../../../src/domain/approval/decision-statement.ts';
import type { Question } from '../../../src/domain/approval/verify-decision.ts';
import { type ActionState, NOTHING_YET } from '../../../src/domain/record/action-state.ts';
import { questionId } from '../../../src/domain/record/announcement.ts';
import { hearStatement, hearVote } from '../../../src/domain/record/hear-statement.ts';
import { newKey } from '../../support/installation.ts';
import { proposal } from '../../support/proposals.ts';
import { jwsOf } from '../support.ts';

const NOW = Date.UTC(2026, 2, 14, 15);
const grace = newKey();
const linus = newKey();
const ABOUT = {
  installation: 'storefront',
  workflowId: 'action/a',
  runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
  digest: 'd'.repeat(64),
};

/** Two approvers, both of whom are needed unless it is said otherwise; either may break the glass. */
const asked = (changes: Partial<Question> = {}): Question => ({
  ...ABOUT,
  requirement: {
    atLeast: 2,
    group: 'checkout-team',
    excluded: [],
    approvers: [
      { person: 'grace', keys: [grace.x] },
      { person: 'linus', keys: [linus.x] },
    ],
  },
  deadline: NOW + 60_000,
  takes: DECISION_KINDS,
  breakGlass: [{ person: 'grace', keys: [grace.x] }],
  ...changes,
});

const state = (changes: Partial<ActionState> = {}): ActionState => ({
  workflowId: ABOUT.workflowId,
  runId: ABOUT.runId,
  proposal: proposal(),
  status: 'waiting',
  ...NOTHING_YET,
  ...changes,
});

const signed = (verdict: DecisionStatement['verdict'], changes: Partial<DecisionStatement> = {}) => ({
  jws: jwsOf(grace, {
    ...ABOUT,
    person: 'grace',
    verdict,
    reason: 'said',
    decidedAt: NOW,
    authentication: 'signing-key',
    ...changes,
  }),
});

const heard = (decision: unknown, was = state(), editing = false, question = asked()) =>
  hearStatement(question, was, editing, decision, NOW);

test('an approval that leaves the question open is recorded by itself; one that settles it is not', () => {
  const approval = signed('approve');
  expect(heard(approval)).toMatchObject({
    kind: 'heard',
    jws: approval.jws,
    changes: { votes: [{ person: 'grace', verdict: 'approve' }] },
    next: 'recordVote',
  });
  const requirement = { ...asked().requirement, atLeast: 1 } as Question['requirement'];
  expect(heard(approval, state(), false, asked({ requirement }))).toMatchObject({ next: 'nothing' });
  expect(heard(signed('deny'))).toMatchObject({ changes: { votes: [{ verdict: 'deny' }] }, next: 'nothing' });
});

test('a vote that is withdrawn leaves no vote, and is kept', () => {
  const first = heard(signed('approve', { decidedAt: NOW - 1_000 }));
  const votes = (first.kind === 'heard' && first.changes.votes) || [];
  expect(heard(signed('withdraw'), state({ votes }))).toMatchObject({
    changes: { votes: [], withdrawals: [{ person: 'grace', withdrawnAt: NOW }] },
    next: 'recordVote',
  });
});

test('a question is told to the requester', () => {
  const question = signed('ask', { reason: 'why now?' });
  expect(heard(question)).toMatchObject({
    changes: { questions: [{ id: questionId(question.jws), person: 'grace', text: 'why now?', at: NOW }] },
    next: 'tellQuestion',
  });
});

test('an acknowledgement may hold the route, and is never ahead of the clock', () => {
  expect(heard(signed('acknowledge', { decidedAt: NOW + 10_000 }))).toMatchObject({
    changes: { acknowledgements: [{ person: 'grace', at: NOW }] },
    next: 'holdRoute',
  });
});

test('a revocation stops it, a broken glass lets it run, and an edit is looked at first', () => {
  expect(heard(signed('revoke'))).toMatchObject({
    changes: { revocation: { by: 'grace' } },
    next: 'stop',
  });
  expect(heard(signed('breakGlass', { incident: 'INC-1' }))).toMatchObject({
    changes: { breakGlass: { person: 'grace', incident: 'INC-1' } },
    next: 'nothing',
  });
  expect(heard(signed('edit', { params: { count: 4 } }))).toMatchObject({ changes: {}, next: 'lookAtEdit' });
});

test('while one edit is looked at there is no other', () => {
  expect(heard(signed('edit', { params: { count: 4 } }), state(), true)).toMatchObject({
    kind: 'refused',
    refusal: 'notOpen',
  });
});

test('INVARIANT 3: what is not asked, not signed or signed by somebody else changes nothing', () => {
  expect(hearStatement(undefined, state(), false, signed('approve'), NOW)).toMatchObject({
    refusal: 'notOpen',
  });
  expect(heard('approve')).toMatchObject({ refusal: 'malformed' });
  expect(heard(signed('approve', { person: 'linus' }))).toMatchObject({ kind: 'refused' });
});

test('a review hears votes and nothing else', () => {
  const none = { votes: [], withdrawals: [] };
  expect(hearVote(asked(), none, signed('deny'), NOW)).toMatchObject({
    ballot: { votes: [{ verdict: 'deny' }] },
  });
  expect(hearVote(asked(), none, signed('ask'), NOW)).toMatchObject({ kind: 'refused' });
  expect(hearVote(undefined, none, signed('deny'), NOW)).toMatchObject({ refusal: 'notOpen' });
});
