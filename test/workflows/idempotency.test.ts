import { describe, expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { actionIdOf, actionWorkflowId } from '../../src/contract/ids.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

const runOf = async ({ workflowId }: ActionHandle) =>
  (await world().client.workflow.getHandle(workflowId).describe()).runId;

/** An action that is still running, and one that is closed. */
const STATES = [
  ['runs', async (proposed: Proposal) => world().asked(proposed), deploy('2.4.0')],
  [
    'is closed',
    async (proposed: Proposal) => {
      const action = await world().countersign.propose(proposed);
      await action.result();
      return action;
    },
    proposal(),
  ],
] as const;

describe.each(STATES)('while the action %s', (_, begin, template) => {
  const own = (): Proposal => ({ ...template, idempotencyKey: crypto.randomUUID() });
  const others = (proposed: Proposal): Proposal[] => [
    { ...proposed, target: 'web' },
    { ...proposed, successCriteria: ['everything is better'] },
    { ...proposed, declaredTier: 3 },
  ];

  test('the same proposal again is the same action', async () => {
    const proposed = own();
    const action = await begin(proposed);
    const [run, history] = [await runOf(action), await world().historyOf(action)];
    const again = await world().countersign.propose(proposed);
    expect(again.workflowId).toBe(action.workflowId);
    expect(await runOf(again)).toBe(run);
    expect(await world().historyOf(again)).toEqual(history);
  });

  test('the same proposal again is answered with the same ruling', async () => {
    const proposed = own();
    const action = await begin(proposed);
    const run = await runOf(action);
    const again = await world().countersign.proposeAndRule(proposed);
    expect(again.ruling).toEqual((await action.state()).ruling);
    expect(again.action.workflowId).toBe(action.workflowId);
    expect(await runOf(again.action)).toBe(run);
  });

  test.each(['propose', 'proposeAndRule'] as const)(
    'its key with other content is a conflict for %s, and changes nothing',
    async (way) => {
      const proposed = own();
      const action = await begin(proposed);
      const history = await world().historyOf(action);
      for (const other of others(proposed)) {
        await expect(world().countersign[way](other)).rejects.toMatchObject({ name: 'IdempotencyConflict' });
      }
      expect(await world().historyOf(action)).toEqual(history);
      expect((await action.state()).proposal).toEqual(proposed);
    },
  );
});

test.each(['propose', 'proposeAndRule'] as const)(
  '%s 20 times at once is one action with one effect',
  async (way) => {
    const proposed = proposal();
    await Promise.all(Array.from({ length: 20 }, () => world().countersign[way](proposed)));
    const action = world().countersign.action(actionIdOf(proposed));
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await world().ledgerOf(action)).toEqual(['ruled', 'admitted', 'executed', 'closed']);
    expect(await world().effectsOf(action)).toEqual(['flushCache']);
  },
);

test('of 20 different proposals under one key at once one is taken, the others conflict', async () => {
  const idempotencyKey = crypto.randomUUID();
  const proposals = Array.from({ length: 20 }, (_, n) =>
    proposal({ idempotencyKey, successCriteria: [`${n}`] }),
  );
  const answers = await Promise.allSettled(proposals.map((each) => world().countersign.propose(each)));
  const conflicts = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  expect(conflicts).toHaveLength(19);
  for (const conflict of conflicts) expect(conflict).toMatchObject({ name: 'IdempotencyConflict' });
  const action = world().countersign.action(actionIdOf(proposal({ idempotencyKey })));
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
});

// The server deletes in its own time: half a minute where it has much to do.
test('INVARIANT 8: a key that Temporal has forgotten is not used again', { timeout: 150_000 }, async () => {
  const proposed = { ...proposal(), idempotencyKey: crypto.randomUUID() };
  const action = await world().countersign.propose(proposed);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  const { workflowService, options } = world().client;
  await workflowService.deleteWorkflowExecution({
    namespace: options.namespace,
    workflowExecution: { workflowId: action.workflowId },
  });
  const forgotten = () => expect(action.state()).rejects.toThrow('is not known');
  await vi.waitFor(forgotten, { ...PATIENCE, timeout: 120_000 });

  await expect(world().countersign.proposeAndRule(proposed)).rejects.toMatchObject({
    faults: [{ where: 'idempotencyKey', problem: expect.stringContaining('that ended succeeded') }],
  });
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
});

test('two agents that choose the same key propose two actions', async () => {
  const idempotencyKey = crypto.randomUUID();
  const one = await world().countersign.propose(proposal({ idempotencyKey }));
  const other = await world().asked(deploy('2.4.0', { idempotencyKey }));
  expect(one.workflowId).not.toBe(other.workflowId);
  expect((await one.result()).outcome.kind).toBe('succeeded');
  expect((await other.state()).status).toBe('waiting');
});

test('proposeAndRule answers with the ruling before anything has run', async () => {
  const { action, ruling } = await world().countersign.proposeAndRule(deploy('2.4.0'));
  expect(ruling).toMatchObject({
    kind: 'permit',
    mode: 'executeWithApproval',
    tier: 3,
    requirement: { atLeast: 1, group: 'checkout-team or sre-on-call' },
  });
  expect(await action.ruling()).toEqual(ruling);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('with no worker a proposal is durable all the same, and runs once one comes', async () => {
  const proposed = proposal();
  const action = await world().withoutWorker(async () => {
    const proposedThen = await world().countersign.propose(proposed);
    expect(proposedThen.workflowId).toBe(actionWorkflowId(actionIdOf(proposed)));
    expect(await world().effectsOf(proposedThen)).toEqual([]);
    const again = await world().countersign.propose(proposed);
    expect(await runOf(again)).toBe(await runOf(proposedThen));
    return proposedThen;
  });
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
});

test('with no worker a proposal that cannot be governed is refused once one comes', async () => {
  const action = await world().withoutWorker(() =>
    world().countersign.propose(proposal({ target: 'payments' })),
  );
  await expect(action.result()).rejects.toMatchObject({
    name: 'ProposalRefused',
    faults: [{ where: 'target', problem: expect.stringContaining('"payments" is not known here') }],
  });
  expect(await world().effectsOf(action)).toEqual([]);
});
