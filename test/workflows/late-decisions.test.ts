import { randomUUID } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { testInstallation } from '../support/installation.ts';
import { orders } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

describe('a decision that a worker sees late', () => {
  const { rules } = testInstallation().installation;
  const steps = [{ notify: 'owners', by: 'mail', waitMs: 10 * MINUTE }] as const;
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

  /** Hands in a decision signed so long after the deadline, when that has passed and no worker has seen either. */
  async function handInLate(
    action: ActionHandle,
    person: string,
    verdict: 'approve' | 'deny',
    offsetMs: number,
  ) {
    const { deadline = Number.NaN } = await action.state();
    const jws = await world().sign(person, verdict, action, { decidedAt: deadline + offsetMs });
    const { skipped } = await world().withoutWorker(async () => {
      const skipped = world().skip(action, 10 * MINUTE);
      await deadlineHasPassed(action);
      await world().signal(action, { jws });
      return { skipped };
    });
    await skipped;
  }

  test.each([
    ['a millisecond before the deadline', 'succeeded', -1, ['setVersion']],
    ['at the deadline', 'expired', 0, []],
    ['a millisecond after the deadline', 'expired', 1, []],
  ] as const)('INVARIANT 5: approved %s and sent after it: %s', async (_, outcome, offset, effects) => {
    const action = await world().asked(deploy('2.4.0'));
    await handInLate(action, 'grace', 'approve', offset);
    expect((await action.result()).outcome.kind).toBe(outcome);
    expect(await world().effectsOf(action)).toEqual(effects);
  });

  test.each([
    ['a millisecond before the window ends', -1],
    ['when the window ends', 0],
    ['a minute after the window ended, as nothing runs yet', MINUTE],
  ])('INVARIANT 14: denied %s and sent after it, it does not run', async (_, offset) => {
    const action = await world().asked(proposal({ target: 'cart' }));
    await handInLate(action, 'barbara', 'deny', offset);
    expect((await action.result()).outcome.kind).toBe('deniedByPerson');
    expect(await world().effectsOf(action)).toEqual([]);
    expect(world().pagesOf(action)).toEqual([]);
  });

  // A signal that no worker has seen holds the time that could be skipped, so the last seconds really pass.
  test('INVARIANT 5: approved and sent in time, but seen after the deadline: it runs', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await world().skip(action, 10 * MINUTE - 10 * SECOND);
    const jws = await world().sign('grace', 'approve', action);
    await world().withoutWorker(async () => {
      await world().signal(action, { jws });
      await deadlineHasPassed(action);
    });
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
  });
});

describe('after a reset', () => {
  const world = useWorld();
  const CANNOT_GO_ON = {
    cause: { cause: { message: expect.stringContaining('in another run, before a reset') } },
  };

  /** Lets the action begin anew, as operators do: everything after its first, or its last, workflow task is done again. */
  async function reset(
    action: ActionHandle,
    behind: 'the first' | 'the last' = 'the first',
  ): Promise<string> {
    const workflow = world().client.workflow.getHandle(action.workflowId);
    const { runId } = await workflow.describe();
    const { events } = await workflow.fetchHistory();
    const tasks = events?.filter((event) => event.workflowTaskCompletedEventAttributes) ?? [];
    const task = behind === 'the first' ? tasks[0] : tasks.at(-1);
    const answer = await world().client.workflowService.resetWorkflowExecution({
      namespace: world().client.options.namespace,
      workflowExecution: { workflowId: action.workflowId, runId },
      workflowTaskFinishEventId: task?.eventId ?? null,
      reason: 'test',
      requestId: randomUUID(),
    });
    expect(answer.runId).not.toBe(runId);
    return answer.runId;
  }

  const decide = (action: ActionHandle, jws: string) => world().countersign.decide(action.workflowId, jws);

  test.each([
    [
      'as a signal',
      'WORKFLOW_EXECUTION_SIGNALED',
      (action: ActionHandle, jws: string) => world().signal(action, { jws }),
    ],
    ['as an update', 'WORKFLOW_EXECUTION_UPDATE_ADMITTED', decide],
  ] as const)(
    'INVARIANT 6: an approval that came %s does not count in the new run',
    async (_, reapplied, send) => {
      const action = await world().asked(deploy('2.4.0'));
      const old = await world().sign('grace', 'approve', action);
      await send(action, old);
      expect((await action.result()).outcome.kind).toBe('succeeded');

      const runId = await reset(action);
      await world().until(action, 'waiting');
      expect(await world().historyOf(action)).toContain(reapplied);
      expect(await action.state()).toMatchObject({ runId, votes: [] });
      await world().signal(action, { jws: old });
      await vi.waitFor(async () => {
        const { refusedDecisions } = await action.state();
        expect(refusedDecisions.at(-1)?.reason).toContain(`this is run ${runId}`);
      }, PATIENCE);
      expect(await action.state()).toMatchObject({ status: 'waiting', votes: [] });

      await decide(action, await world().sign('grace', 'approve', action));
      expect((await action.result()).outcome.kind).toBe('succeeded');
      expect(await world().effectsOf(action)).toEqual(['setVersion']);
    },
  );

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

  test('INVARIANT 6: behind its ruling it cannot go on: it ends and says so, and nothing runs', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await reset(action, 'the last');
    await decide(action, await world().sign('grace', 'approve', action)).catch(() => undefined);
    await expect(action.result()).rejects.toMatchObject(CANNOT_GO_ON);
    expect(await world().effectsOf(action)).toEqual([]);
    expect(await world().sweep()).toBe(1);
  });

  test('INVARIANT 9: behind its effect it cannot go on: it ends, is found lost, and is taken back by an order', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await decide(action, await world().sign('grace', 'approve', action));
    await world().until(action, 'watching');
    await reset(action, 'the last');
    await expect(action.result()).rejects.toMatchObject(CANNOT_GO_ON);
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
    expect(await world().sweep()).toBe(1);
    await orders(world(), 'linus', { kind: 'takeBack', actionId: action.actionId, reason: 'it was reset' });
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
  });
});
