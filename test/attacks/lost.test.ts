import proto from '@temporalio/proto';
import { describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { REVIEW_ACTION } from '../../src/contract/ids.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { orders, signed } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** Whoever reaches the Temporal server can end a workflow there. */
const world = useWorld({
  installation: () => {
    const { agents, actionTypes } = testInstallation().installation;
    const slow = Object.entries(actionTypes).map(([name, type]) => {
      const metrics = (type.watch?.metrics ?? []).map((metric) => ({ ...metric, intervalMs: 5 * 60_000 }));
      return [name, type.watch ? { ...type, watch: { metrics } } : type] as const;
    });
    return { agents: { ...agents, ...freeAgents(SPARE) }, actionTypes: Object.fromEntries(slow) };
  },
});

const spare = SPARE.values();
const agent = () => ({ id: spare.next().value ?? '', version: '1.0.0' });

const terminate = ({ workflowId }: ActionHandle) =>
  world().client.workflow.getHandle(workflowId).terminate('by an agent');

/** A deployment that is being watched, whose workflow somebody ends. */
async function lost(): Promise<ActionHandle> {
  const action = await world().asked(deploy('2.4.0', { agent: agent() }));
  await world().decide('grace', 'approve', action);
  await world().until(action, 'watching');
  await terminate(action);
  expect(await world().sweep()).toBe(1);
  return action;
}

const entriesOf = ({ actionId }: ActionHandle) => world().ledger.entriesOf(actionId);
const outcomeOf = async (action: ActionHandle) =>
  Object((await entriesOf(action)).findLast(({ kind }) => kind === 'closed')?.body).outcome;

/** Whether another action may have the target. */
async function isFree(): Promise<boolean> {
  const next = await world().asked(deploy('2.3.1', { agent: agent() }));
  await world().decide('grace', 'approve', next);
  await world()
    .until(next, 'watching')
    .catch(() => undefined);
  const { status } = await next.state();
  await next.cancel();
  await next.result();
  return status === 'watching';
}

test('INVARIANT 9: an action whose workflow was ended before it ran is closed as lost, and nothing runs', async () => {
  const action = await world().asked(deploy('2.4.0', { agent: agent() }));
  await terminate(action);
  expect(await world().sweep()).toBe(1);
  expect(await outcomeOf(action)).toEqual({ kind: 'lost', reason: 'its workflow was terminated' });
  expect(await world().effectsOf(action)).toEqual([]);
  expect(await world().sweep()).toBe(0);
});

describe('INVARIANT 9: what runs and is lost', () => {
  test('is said at once: on-call is paged, owners are mailed, its agent loses a level, its target stays its own', async () => {
    const action = await lost();
    expect(world().pagesOf(action).at(-1)).toBe('trigger');
    expect(
      world()
        .mailsOf(action)
        .map(({ subject }) => subject),
    ).toContainEqual(expect.stringMatching(/^LOST:/));
    expect(await world().ledgerOf(action)).toEqual(['ruled', 'settled', 'admitted', 'executed', 'lost']);
    const { agent: of } = (await action.state()).proposal;
    const standing = await world().ledger.entriesOf(`standing/${of.id}`);
    expect(standing.map(({ kind, body }) => [kind, Object(body).because])).toContainEqual([
      'demoted',
      'lost',
    ]);
    const pages = world().pagesOf(action).length;
    expect(await world().sweep()).toBe(1);
    expect(world().pagesOf(action)).toHaveLength(pages);
    await orders(world(), 'linus', { kind: 'takeBack', actionId: action.actionId, reason: 'over' });
  });

  test('is taken back by a signed order, with the rollback that was approved', async () => {
    const action = await lost();
    const order = { kind: 'takeBack', actionId: action.actionId, reason: 'nobody watches it' } as const;
    expect(await orders(world(), 'linus', order)).toMatchObject({
      kind: 'lostEnded',
      outcome: {
        kind: 'rolledBack',
        reason: expect.stringContaining('linus had it taken back: nobody watches it'),
      },
    });
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await outcomeOf(action)).toMatchObject({ kind: 'rolledBack' });
    expect(await isFree()).toBe(true);
  });

  test('is released by a signed order: it stays, and the target is free', async () => {
    const action = await lost();
    const order = { kind: 'release', actionId: action.actionId, reason: 'looked at' } as const;
    expect(await orders(world(), 'linus', order)).toMatchObject({ outcome: { kind: 'lost' } });
    expect(await world().effectsOf(action)).toEqual(['setVersion']);
    expect(await isFree()).toBe(true);
  });

  test('INVARIANT 4: is not for the side that asked, nor for anybody, nor for what is not lost', async () => {
    const action = await lost();
    const by = async (person: string, actionId = action.actionId) =>
      world().countersign.order(await signed(world(), person, { kind: 'release', actionId, reason: 'mine' }));
    const refused = (where: string) => ({ name: 'OrderRefused', faults: [{ where }] });
    await expect(by('radia')).rejects.toMatchObject(refused('person'));
    await expect(by('barbara')).rejects.toMatchObject(refused('person'));
    const running = await world().asked(deploy('2.4.0', { agent: agent() }));
    await expect(by('linus', running.actionId)).rejects.toMatchObject(refused('actionId'));
    await expect(by('linus', 'nobody.nothing')).rejects.toMatchObject(refused('actionId'));
    await running.cancel();
    await orders(world(), 'linus', { kind: 'takeBack', actionId: action.actionId, reason: 'over' });
  });
});

test('a review whose workflow was ended is opened again', async () => {
  const action = await world().countersign.propose(proposal({ agent: agent() }));
  await world().until(action, 'watching');
  await world().skip(action, 15 * 60_000);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  const { workflowId } = await world().countersign.review(action.actionId);
  const review = world().client.workflow.getHandle(workflowId);
  await review.terminate('by an agent');
  await world().sweep();
  expect((await review.describe()).status.name).toBe('RUNNING');
  expect(await world().countersign.review(action.actionId)).toMatchObject({ actionId: action.actionId });
});

test('a review that somebody completed in the place of a worker is opened again', async () => {
  const action = await world().countersign.propose(proposal({ agent: agent() }));
  await world().until(action, 'watching');
  await world().skip(action, 15 * 60_000);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  const { client, taskQueue } = world();
  const workflowId = `review/${action.actionId}`;
  await world().withoutWorker(async () => {
    const review = await client.workflow.start(REVIEW_ACTION, { workflowId, taskQueue });
    const { namespace } = client.options;
    const { taskToken } = await client.withDeadline(Date.now() + PATIENCE.timeout, () =>
      client.workflowService.pollWorkflowTaskQueue({ namespace, taskQueue: { name: taskQueue } }),
    );
    const commandType = proto.temporal.api.enums.v1.CommandType.COMMAND_TYPE_COMPLETE_WORKFLOW_EXECUTION;
    await client.workflowService.respondWorkflowTaskCompleted({
      namespace,
      taskToken,
      commands: [{ commandType, completeWorkflowExecutionCommandAttributes: {} }],
    });
    await review.result();
  });
  await world().sweep();
  expect((await client.workflow.getHandle(workflowId).describe()).status.name).toBe('RUNNING');
});
