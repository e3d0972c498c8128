import { describe, expect, test } from 'vitest';
import { questionOf } from '../../src/cli/question.ts';
import type { Countersign } from '../../src/client/index.ts';
import { actionDigest } from '../../src/domain/action/action-digest.ts';
import { type ActionState, NOTHING_YET, type ReviewState } from '../../src/domain/record/action-state.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import { aQuorum } from '../domain/support.ts';
import { aMessage } from '../support/messages.ts';

const { workflowId, runId, proposal, action, impact, ruling } = aMessage();
const whole: ActionState = {
  ...NOTHING_YET,
  workflowId,
  runId,
  proposal,
  action,
  impact,
  ruling,
  status: 'waiting',
};

/** What answers in the place of a workflow, which may be anybody who has a worker in the namespace. */
const answering = (state: ActionState, review?: ReviewState) =>
  ({
    client: { withDeadline: (_: number, ask: () => Promise<unknown>) => ask() },
    action: () => ({ state: async () => state }),
    review: async () => review,
  }) as unknown as Countersign;

test('INVARIANT 2: what a person is asked to sign is what they are shown, with its digest', async () => {
  const question = await questionOf(answering(whole), action.id);
  expect(question).toMatchObject({ workflowId, runId, digest: ruling.digest });
  expect(question.text).toContain(`digest:      ${ruling.digest}`);
});

describe('the facts to read first', () => {
  const pins = { ...ruling.pins, impact: digestOf(impact) };
  const ruled: ActionState = { ...whole, ruling: { ...ruling, pins, digest: actionDigest(action, pins) } };
  const asked = async (changes: Partial<ActionState> = {}) =>
    (await questionOf(answering({ ...ruled, ...changes }), action.id)).text;

  test('stand before what would run', async () => {
    const text = await asked();
    const order = ['In short: version.deploy never ran', 'Who asks: deploy-agent', 'runs:'].map((words) =>
      text.indexOf(words),
    );
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order[0]).toBeGreaterThan(0);
  });

  test('INVARIANT 2: are not shown of an impact that is not the one that was ruled on', async () => {
    const leftBehind = { kind: 'nothing' } as const;
    const text = await asked({ impact: { ...impact, leftBehind } });
    expect(text).toContain('At a glance: not known');
    expect(text).not.toContain('it undoes the action');
  });
});

describe('INVARIANT 2: nothing is signed where an answer', () => {
  const other = { ...action, id: 'deploy-agent.other' };

  test.each<[string, Partial<ActionState>]>([
    ['shows another title than its digest is of', { action: { ...action, title: 'flush a cache' } }],
    ['shows other parameters', { action: { ...action, params: { version: '6.6.6' } } }],
    ['has the digest of something else', { ruling: { ...ruling, digest: 'f'.repeat(64) } }],
    ['is about another action', { action: other }],
    ['names another workflow', { workflowId: 'action/deploy-agent.other' }],
  ])('%s', async (_, changes) => {
    const asked = questionOf(answering({ ...whole, ...changes }), action.id);
    await expect(asked).rejects.toThrow('Nothing is signed');
  });

  test('to a review is about something else', async () => {
    const review: ReviewState = {
      workflowId: `review/${action.id}`,
      runId,
      actionId: action.id,
      title: 'anything',
      digest: 'f'.repeat(64),
      outcome: { kind: 'succeeded', reason: 'healthy' },
      dueAt: 0,
      requirement: aQuorum('owners', 1, 'edsger'),
      votes: [],
      refusedDecisions: [],
    };
    const asked = questionOf(answering(whole, review), `review/${action.id}`);
    await expect(asked).rejects.toThrow('nothing is signed');
  });
});
