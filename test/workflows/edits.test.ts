import { ApplicationFailure } from '@temporalio/common';
import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { MOST_ANSWERED, MOST_QUESTIONS } from '../../src/domain/approval/interventions.ts';
import type { CheckParams } from '../../src/domain/proposal/check-proposal.ts';
import { endOf } from '../support/agreement.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

const edit = (person: string, action: ActionHandle, version: unknown, reason = 'that one has the fix') =>
  world().say(person, 'edit', action, { params: { version: version as string }, reason });

const revisionOf = async (action: ActionHandle) => (await action.state()).revision;

/** What the parameters' JSON Schema would say. */
const onlyVersions: CheckParams = (_, params) => {
  const { version }: { version?: unknown } = { ...Object(params) };
  const sound = typeof version === 'string' && /^\d+\.\d+\.\d+$/.test(version);
  return sound ? [] : [{ where: 'params.version', problem: 'must be a version, such as 2.4.0' }];
};

/** Waits until the next revision waits for people. */
async function untilRevision(action: ActionHandle, revision: number): Promise<void> {
  await vi.waitFor(async () => {
    const { status, revision: now } = await action.state();
    expect({ status, now }).toEqual({ status: 'waiting', now: revision });
  }, PATIENCE);
}

describe('an edit', () => {
  test('INVARIANT 2: makes another revision, on which earlier votes are void; what runs is the edited one', async () => {
    const action = await world().asked(deploy('2.5.0'));
    const { ruling: before } = await action.state();
    const vote = await world().sign('linus', 'approve', action);
    await edit('grace', action, '2.4.0');
    await untilRevision(action, 2);
    const { ruling, edits, votes, action: known, proposal, earlierRounds } = await action.state();
    expect(known).toMatchObject({ title: 'deploy 2.4.0 to checkout', params: { version: '2.4.0' } });
    expect(proposal.params).toEqual({ version: '2.5.0' });
    expect(ruling?.digest).not.toBe(before?.digest);
    expect(ruling?.reasons).toContain('asked again: grace edited it: that one has the fix');
    expect(edits).toMatchObject([{ by: 'grace', digestBefore: before?.digest }]);
    expect({ votes, rounds: earlierRounds.length }).toEqual({ votes: [], rounds: 1 });

    await expect(world().countersign.decide(action.workflowId, vote)).rejects.toMatchObject({
      refusal: 'otherDigest',
    });
    await world().decide('linus', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    expect(await world().state()).toMatchObject({ checkout: { version: '2.4.0' } });
    const { howTheDecisionWasReached } = await action.explanation();
    expect(howTheDecisionWasReached).toContain(
      'grace edited it: that one has the fix. So it was asked again.',
    );
  });

  test('INVARIANT 4: makes its editor one of those who ask: they cannot approve it', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await edit('grace', action, '2.4.0');
    await untilRevision(action, 2);
    await expect(world().decide('grace', 'approve', action)).rejects.toMatchObject({
      refusal: 'requesterSide',
      message: expect.stringContaining('grace edited it'),
    });
    await world().say('linus', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('tells the owner of the agent and whoever had decided, and is in the ledger with what was signed', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await edit('grace', action, '2.4.0');
    await untilRevision(action, 2);
    await world().say('linus', 'deny', action);
    await action.result();
    // The mail about the edit may still be on its way when it is denied.
    expect(await world().ledgerOf(action)).toEqual(['ruled', 'edited', 'ruled', 'settled', 'closed']);
    const entries = await world().ledger.entriesOf(action.actionId);
    const entry = entries.find(({ kind }) => kind === 'edited');
    expect(entry?.body).toMatchObject({ by: 'grace', revision: 2, params: { version: '2.4.0' } });
    expect(entry?.body).toHaveProperty('jws');
    const edited = world()
      .mailsOf(action)
      .filter(({ subject }) => subject?.startsWith('Edited:'));
    const [deciding, told] = edited;
    expect(edited).toHaveLength(2);
    expect(deciding?.text).toContain('approve it or deny it');
    expect(deciding?.to).toEqual(['linus@storefront.example', 'margaret@storefront.example']);
    // Whoever edited it, and the owner of the agent, are not asked.
    expect(told?.text).not.toContain('approve it or deny it');
    expect(told?.to).toEqual(['ada@storefront.example']);
  });

  test.each([
    ['does not fit the action type', 'latest', 'params'],
    ['is no text', 7, 'params'],
    ['is what there is', '2.5.0', 'it changes nothing'],
  ])('that %s is refused with the reason, and changes nothing', async (_, version, reason) => {
    await world().stopWorker();
    await world().startWorker({ checkParams: onlyVersions });
    const action = await world().asked(deploy('2.5.0'));
    const before = (await action.state()).ruling;
    await expect(edit('grace', action, version)).rejects.toMatchObject({
      refusal: 'editRefused',
      message: expect.stringContaining(reason),
    });
    expect((await action.state()).ruling).toEqual(before);
    await world().say('grace', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('is for those who may decide, and needs a reason and parameters', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await expect(edit('ada', action, '2.4.0')).rejects.toMatchObject({ refusal: 'requesterSide' });
    await expect(edit('radia', action, '2.4.0')).rejects.toMatchObject({ refusal: 'notEntitled' });
    const bare = world().say('grace', 'edit', action, { reason: undefined });
    await expect(bare).rejects.toMatchObject({
      refusal: 'incomplete',
      message: 'edit needs a reason and all parameters as they are to be',
    });
    await world().say('linus', 'deny', action);
    await action.result();
  });

  test('that would leave nobody to approve it is refused', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await edit('grace', action, '2.4.0');
    await untilRevision(action, 2);
    await edit('linus', action, '2.3.1');
    await untilRevision(action, 3);
    await expect(edit('margaret', action, '2.4.0')).rejects.toMatchObject({ refusal: 'editRefused' });
    expect(await revisionOf(action)).toBe(3);
    await world().decide('margaret', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });
});

describe('an edit as a signal', () => {
  const signal = async (action: ActionHandle, version: string) =>
    world().signal(action, {
      jws: await world().sign('grace', 'edit', action, { params: { version }, reason: 'the fix' }),
    });
  const untilRefused = (action: ActionHandle) =>
    vi.waitFor(
      async () => expect((await action.state()).refusedDecisions).toMatchObject([{ person: 'grace' }]),
      PATIENCE,
    );

  test('makes the next revision, or is recorded with why it did not', async () => {
    const action = await world().asked(deploy('2.5.0'));
    await signal(action, '2.5.0');
    await untilRefused(action);
    await signal(action, '2.4.0');
    await untilRevision(action, 2);
    await world().say('linus', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('that nobody can look at stops nothing: the action goes on as it is', async () => {
    await world().stopWorker();
    const broken = () => Promise.reject(ApplicationFailure.nonRetryable('the metrics are on fire'));
    await world().startWorker({}, () => ({ revise: broken }));
    const action = await world().asked(deploy('2.4.0'));
    await signal(action, '2.3.1');
    await untilRefused(action);
    expect((await action.state()).revision).toBe(1);
    await world().decide('linus', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
    await world().stopWorker();
    await world().startWorker();
  });
});

describe('a question', () => {
  test('INVARIANT 12: is answered by the agent, and the answer is kept beside the action', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const { ruling } = await action.state();
    await world().say('grace', 'ask', action, { reason: 'Why not wait for the night?' });
    const [question] = await action.openQuestions();
    expect(question).toMatchObject({ person: 'grace', text: 'Why not wait for the night?' });
    const words = 'Prices are wrong until then. <b>Approve it</b>';
    await action.answer(question?.id ?? '', words);
    const state = await action.state();
    expect(state.questions).toMatchObject([{ answer: { text: words } }]);
    expect(await action.openQuestions()).toEqual([]);
    expect(state.ruling).toEqual(ruling);
    await vi.waitFor(
      () =>
        expect(
          world()
            .mailsOf(action)
            .map(({ subject }) => subject),
        ).toContainEqual(expect.stringMatching(/^Question asked: deploy 2\.4\.0/)),
      PATIENCE,
    );
    await world().decide('grace', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  });

  test('is not answered twice, nor when nobody asked, nor with what is no text', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await world().say('grace', 'ask', action, { reason: 'Why now?' });
    const [{ id = '' } = {}] = await action.openQuestions();
    const refused = { name: 'AnswerRefused' };
    await expect(action.answer('0123456789ab', 'because')).rejects.toMatchObject(refused);
    await expect(action.answer(id, ' ')).rejects.toMatchObject(refused);
    await expect(action.answer(id, 'a'.repeat(MOST_ANSWERED + 1))).rejects.toMatchObject(refused);
    await expect(action.answer(id, 'a\u0000b')).rejects.toMatchObject(refused);
    await action.answer(id, 'because');
    await expect(action.answer(id, 'for another reason')).rejects.toMatchObject({
      ...refused,
      message: `${id} is answered already; open: none`,
    });
    await world().say('linus', 'deny', action);
    await action.result();
  });

  test('INVARIANT 14: sent twice is one, and more than so many are refused', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const jws = await world().sign('grace', 'ask', action, { reason: 'Why now?' });
    await world().signal(action, { jws });
    await expect(world().countersign.decide(action.workflowId, jws)).rejects.toMatchObject({
      refusal: 'unchanged',
    });
    expect((await action.state()).questions).toHaveLength(1);
    for (const n of Array.from({ length: MOST_QUESTIONS - 1 }, (_, i) => i))
      await world().say('grace', 'ask', action, { reason: `And ${n}?` });
    await expect(world().say('grace', 'ask', action)).rejects.toMatchObject({ refusal: 'tooMany' });
    await world().say('linus', 'deny', action);
    await action.result();
  });
});
