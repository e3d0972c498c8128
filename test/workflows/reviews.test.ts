import { WorkflowNotFoundError } from '@temporalio/client';
import { expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { freeAgents, testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const HOUR = 3_600_000;

const { rules, agents } = testInstallation().installation;

/** A review is due in 24 hours; four hours later on-call is paged, and a day after that it ends. */
const world = useWorld({
  installation: () => ({
    agents: {
      ...agents,
      ...freeAgents(['unseen', 'slow', 'forgotten', 'wrong', 'routine']),
    },
    rules: {
      ...rules,
      review: {
        ...rules.review,
        escalate: { afterMs: 4 * HOUR, by: 'page' },
        sample: { above: 3, withinMs: 24 * HOUR, share: 1e-9 },
      },
    },
  }),
});

async function ran(id: string) {
  const action = await world().countersign.propose(proposal({ agent: { id, version: '1.0.0' } }));
  expect((await action.result()).outcome.kind).toBe('succeeded');
  return action;
}

/** The workflow of a review, which somebody looked at. */
async function lookedAt({ actionId }: ActionHandle) {
  const { workflowId } = await world().countersign.review(actionId);
  return world().client.workflow.getHandle(workflowId);
}

async function reviewed(person: string, verdict: 'approve' | 'deny', action: ActionHandle): Promise<void> {
  const { workflowId, runId, digest } = await world().countersign.review(action.actionId);
  const jws = await world().sign(person, verdict, action, { workflowId, runId, digest });
  await world().countersign.decide(workflowId, jws);
}

/** Results of its reviews in the ledger, in order. */
async function results(action: ActionHandle) {
  const entries = await world().ledger.entriesOf(action.actionId);
  return entries
    .filter(({ kind }) => kind === 'reviewed')
    .map(({ body }) => Reflect.get(Object(body), 'result'));
}

test('a review that nobody looks at costs no workflow, until half of its time has passed: then reviewers are reminded', async () => {
  const action = await ran('unseen');
  const review = world().client.workflow.getHandle(`review/${action.actionId}`);
  await world().sweep(11 * HOUR);
  await expect(review.describe()).rejects.toThrow(WorkflowNotFoundError);
  await world().sweep(12 * HOUR);
  await world().skip(review, 12 * HOUR);
  await vi.waitFor(() => expect(world().mailsOf(action)).toHaveLength(1), PATIENCE);
  await world().sweep(12 * HOUR);
  await reviewed('edsger', 'approve', action);
  expect(await review.result()).toEqual({ kind: 'agreed', by: ['edsger'] });
});

test('a review that is not due is not opened, whoever asks for it', async () => {
  const action = await world().asked(deploy('2.4.0'));
  const review = world().client.workflow.getHandle(`review/${action.actionId}`);
  await expect(world().countersign.review(action.actionId)).rejects.toThrow('no review');
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  await expect(world().countersign.review(action.actionId)).rejects.toThrow('no review');
  await expect(review.describe()).rejects.toThrow(WorkflowNotFoundError);
});

test('an overdue review goes to on-call; answered late it counts, and that it was overdue stays a fact', async () => {
  const action = await ran('slow');
  const review = await lookedAt(action);
  await world().skip(review, 24 * HOUR);
  await vi.waitFor(async () => expect(await results(action)).toEqual([{ kind: 'overdue' }]), PATIENCE);
  expect(world().pagesOf(action)).toEqual([]);
  await world().skip(review, 4 * HOUR);
  await vi.waitFor(() => expect(world().pagesOf(action)).toEqual(['trigger']), PATIENCE);
  await reviewed('linus', 'approve', action);
  const late = { kind: 'agreed', by: ['linus'], late: true };
  expect(await review.result()).toEqual(late);
  expect(await results(action)).toEqual([{ kind: 'overdue' }, late]);
  expect(world().pagesOf(action)).toEqual(['trigger', 'resolve']);
  const told = (await world().ledger.entriesOf(action.actionId)).filter(({ kind }) => kind === 'told');
  expect(told.slice(-3)).toMatchObject([
    { body: { deliveries: [{ step: 'reviewDue' }] } },
    { body: { deliveries: [{ step: 'reviewOverdue' }] } },
    { body: { deliveries: [{ by: 'page', delivered: true }] } },
  ]);
});

test('a late answer that disagrees costs the agent a level like one in time', async () => {
  const action = await ran('wrong');
  const review = await lookedAt(action);
  await world().skip(review, 24 * HOUR);
  await reviewed('edsger', 'deny', action);
  expect(await review.result()).toMatchObject({ kind: 'disagreed', by: 'edsger', late: true });
  expect(world().pagesOf(action)).toEqual([]);
  const [standing] = await world().countersign.standing('wrong');
  expect(standing).toMatchObject({ level: 2, held: { lowered: [{ because: 'disagreed' }] } });
});

test('nobody is asked for ever: a day after on-call was told it ends as overdue, and refuses what comes then', async () => {
  const action = await ran('forgotten');
  const review = await lookedAt(action);
  await world().skip(review, 52 * HOUR);
  expect(await review.result()).toEqual({ kind: 'overdue' });
  expect(await results(action)).toEqual([{ kind: 'overdue' }, { kind: 'overdue' }]);
  await expect(reviewed('linus', 'approve', action)).rejects.toThrow();
});

test('of routine a sample is reviewed, and what is left out says so in the ledger', async () => {
  for (let n = 0; n < 3; n += 1)
    expect((await world().countersign.review((await ran('routine')).actionId)).votes).toEqual([]);
  const fourth = await ran('routine');
  expect(await world().ledgerOf(fourth)).toEqual([
    'ruled',
    'admitted',
    'executed',
    'closed',
    'reviewSkipped',
  ]);
  expect((await world().ledger.entriesOf(fourth.actionId)).at(-1)?.body).toEqual({
    reason: expect.stringMatching(/^more than 3 such actions of this agent ran within 24h/),
  });
  await expect(world().countersign.review(fourth.actionId)).rejects.toThrow();
});
