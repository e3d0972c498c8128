import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

describe('a decision that a worker sees late', () => {
  const { rules } = testInstallation().installation;
  const steps = [{ notify: 'owners', by: 'mail', waitMs: 5_000 }] as const;
  const world = useWorld({
    installation: () => ({
      rules: {
        ...rules,
        window: { ...rules.window, route: { steps, onSilence: 'proceed' } },
        approval: { ...rules.approval, route: { steps, onSilence: 'deny' } },
      },
    }),
  });

  /** The only timer of a gate with one step is its deadline. The server fires it, worker or not. */
  const deadlineHasPassed = (action: ActionHandle) =>
    vi.waitFor(async () => expect(await world().historyOf(action)).toContain('TIMER_FIRED'), PATIENCE);

  const deadlineOf = async (action: ActionHandle) => (await action.state()).deadline ?? Number.NaN;

  test('INVARIANT 5: an approval signed and sent in time runs the action after the deadline', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const jws = await world().sign('grace', 'approve', action);
    await world().withoutWorker(async () => {
      await world().signal(action, { jws });
      await deadlineHasPassed(action);
    });
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
  });

  test.each([
    {
      signed: 'a millisecond before the deadline',
      offset: -1,
      outcome: 'succeeded',
      effects: ['setVersion'],
    },
    { signed: 'at the deadline', offset: 0, outcome: 'expired', effects: [] },
    { signed: 'a millisecond after the deadline', offset: 1, outcome: 'expired', effects: [] },
  ])('INVARIANT 5: an approval signed $signed and sent after it: $outcome', async (example) => {
    const action = await world().asked(deploy('2.4.0'));
    const decidedAt = (await deadlineOf(action)) + example.offset;
    const jws = await world().sign('grace', 'approve', action, { decidedAt });
    await world().withoutWorker(async () => {
      await deadlineHasPassed(action);
      await world().signal(action, { jws });
    });
    expect((await action.result()).outcome.kind).toBe(example.outcome);
    expect(await world().effectsOf(action)).toEqual(example.effects);
  });

  test.each([
    { signed: 'a millisecond before its end', offset: -1, outcome: 'deniedByPerson', effects: [], pages: [] },
    {
      signed: 'at its end',
      offset: 0,
      outcome: 'succeeded',
      effects: ['flushCache'],
      pages: ['trigger', 'resolve'],
    },
  ])('INVARIANT 5: a denial of a window signed $signed: $outcome', async (example) => {
    const action = await world().asked(proposal({ target: 'cart' }));
    const decidedAt = (await deadlineOf(action)) + example.offset;
    const jws = await world().sign('barbara', 'deny', action, { decidedAt });
    await world().withoutWorker(async () => {
      await deadlineHasPassed(action);
      await world().signal(action, { jws });
    });
    expect((await action.result()).outcome.kind).toBe(example.outcome);
    expect(await world().effectsOf(action)).toEqual(example.effects);
    expect(world().pagesOf(action)).toEqual(example.pages);
  });
});

describe('after a reset', () => {
  const world = useWorld();

  /** Lets the action begin anew, as operators do: everything after its first workflow task is done again. */
  async function reset(action: ActionHandle): Promise<string> {
    const workflow = world().client.workflow.getHandle(action.workflowId);
    const { runId } = await workflow.describe();
    const { events } = await workflow.fetchHistory();
    const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
    const answer = await world().client.workflowService.resetWorkflowExecution({
      namespace: world().client.options.namespace,
      workflowExecution: { workflowId: action.workflowId, runId },
      workflowTaskFinishEventId: first?.eventId ?? null,
      reason: 'test',
      requestId: randomUUID(),
    });
    expect(answer.runId).not.toBe(runId);
    return answer.runId;
  }

  const decide = (action: ActionHandle, jws: string) => world().countersign.decide(action.workflowId, jws);

  test.each([
    ['a signal', (action: ActionHandle, jws: string) => world().signal(action, { jws })],
    ['an update', decide],
  ])('INVARIANT 6: an approval that came as %s does not count in the new run', async (_, send) => {
    const action = await world().asked(deploy('2.4.0'));
    const old = await world().sign('grace', 'approve', action);
    await send(action, old);
    expect((await action.result()).outcome.kind).toBe('succeeded');

    const runId = await reset(action);
    await world().until(action, 'waiting');
    expect(await world().historyOf(action)).toEqual(
      expect.arrayContaining([expect.stringMatching(/EXECUTION_SIGNALED|UPDATE_ADMITTED/)]),
    );
    await expect(decide(action, old)).rejects.toMatchObject({ name: 'DecisionRefused', refusal: 'otherRun' });
    expect(await action.state()).toMatchObject({ runId, status: 'waiting', votes: [] });

    await decide(action, await world().sign('grace', 'approve', action));
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
  });

  test('INVARIANT 6: an approval that no worker had seen before the reset does not count after it', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const old = await world().sign('grace', 'approve', action);
    await world().withoutWorker(async () => {
      await world().signal(action, { jws: old });
      await reset(action);
    });
    await world().until(action, 'waiting');
    expect(await world().historyOf(action)).toContain('WORKFLOW_EXECUTION_SIGNALED');
    const { votes, refusedDecisions } = await action.state();
    expect(votes).toEqual([]);
    expect(refusedDecisions).toHaveLength(1);
    expect(await world().effectsOf(action)).toEqual([]);
  });
});
