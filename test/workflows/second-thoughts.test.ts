import { describe, expect, test, vi } from 'vitest';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import { freeAgents, SPARE, testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

/** Two must approve, and an action is watched for a quarter of an hour. */
const world = useWorld({
  installation: () => {
    const { rules, actionTypes, agents } = testInstallation().installation;
    const { approval } = rules;
    const slow = Object.entries(actionTypes).map(([name, type]) => {
      const metrics = (type.watch?.metrics ?? []).map((metric) => ({ ...metric, intervalMs: 5 * 60_000 }));
      return [name, type.watch ? { ...type, watch: { metrics } } : type] as const;
    });
    return {
      actionTypes: Object.fromEntries(slow),
      agents: { ...agents, ...freeAgents(SPARE) },
      rules: { ...rules, approval: { ...approval, approval: { atLeast: 2, of: ['owners', 'on-call'] } } },
    };
  },
});

const spare = SPARE.values();
const agent = () => ({ id: spare.next().value ?? '', version: '1.0.0' });

test('whoever has decided is no longer asked in the lists, though others still are', async () => {
  const action = await world().asked(deploy('2.4.0'));
  const lists = createReadModel(world().database);
  const pending = async (person: string) =>
    (await lists.pendingFor(person, { limit: 100 })).items.some(
      ({ actionId }) => actionId === action.actionId,
    );
  await world().decide('grace', 'approve', action);
  await vi.waitFor(
    async () => expect([await pending('grace'), await pending('linus')]).toEqual([false, true]),
    PATIENCE,
  );
  await world().say('grace', 'withdraw', action);
  await vi.waitFor(async () => expect(await pending('grace')).toBe(true), PATIENCE);
  await world().decide('linus', 'deny', action);
  await action.result();
});

describe('a vote that is withdrawn', () => {
  test('counts no more, and its person may vote again', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await world().decide('grace', 'approve', action);
    await world().say('grace', 'withdraw', action);
    await world().decide('linus', 'approve', action);
    const { status, votes, withdrawals } = await action.state();
    expect({ status, votes: votes.map(({ person }) => person) }).toEqual({
      status: 'waiting',
      votes: ['linus'],
    });
    expect(withdrawals).toMatchObject([{ person: 'grace', verdict: 'approve' }]);
    expect(await world().effectsOf(action)).toEqual([]);
    await world().decide('grace', 'approve', action);
    await world().until(action, 'watching');
    await action.cancel();
    await action.result();
  });

  test('INVARIANT 3: is not brought back by a copy of it', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const vote = await world().sign('grace', 'approve', action);
    await world().countersign.decide(action.workflowId, vote);
    await world().say('grace', 'withdraw', action);
    await world().signal(action, { jws: vote });
    await vi.waitFor(async () => expect((await action.state()).refusedDecisions).toHaveLength(1), PATIENCE);
    expect((await action.state()).votes).toEqual([]);
    await world().say('margaret', 'deny', action);
    await action.result();
  });

  test('is none where there was no vote, nor once people have decided', async () => {
    const action = await world().asked(deploy('2.4.0'));
    await expect(world().say('grace', 'withdraw', action)).rejects.toMatchObject({ refusal: 'noVote' });
    await world().decide('grace', 'approve', action);
    await world().decide('linus', 'approve', action);
    await expect(world().say('grace', 'withdraw', action)).rejects.toMatchObject({ refusal: 'notOpen' });
    await world().until(action, 'watching');
    await action.cancel();
    await action.result();
  });
});

describe('what an approver revokes', () => {
  test('while it is watched is taken back, the target is free, and people are told', async () => {
    const action = await world().asked(deploy('2.4.0', { agent: agent() }));
    await expect(world().say('margaret', 'revoke', action)).rejects.toMatchObject({ refusal: 'notOpen' });
    await world().decide('grace', 'approve', action);
    await world().decide('linus', 'approve', action);
    await world().until(action, 'watching');
    await world().say('margaret', 'revoke', action, { reason: 'orders stopped' });
    expect((await action.result()).outcome).toEqual({
      kind: 'revoked',
      reason: 'margaret revoked it: orders stopped; it was taken back, and its metrics are back',
    });
    expect(await world().effectsOf(action)).toEqual(['setVersion', 'undo']);
    expect(await world().ledgerOf(action)).toEqual([
      'ruled',
      'voted',
      'settled',
      'admitted',
      'executed',
      'revoked',
      'verdict',
      'takenBack',
      'closed',
    ]);
    await vi.waitFor(
      () => expect(world().mailsOf(action).at(-1)?.subject).toMatch(/^Revoked: deploy 2\.4\.0/),
      PATIENCE,
    );
    const next = await world().asked(deploy('2.4.0', { agent: agent() }));
    await world().decide('grace', 'approve', next);
    await world().decide('linus', 'approve', next);
    await world().until(next, 'watching');
    await world().say('grace', 'revoke', next, { reason: 'enough seen' });
    await next.result();
  });

  test('before it ran has no effect at all', async () => {
    const first = await world().asked(deploy('2.4.0', { agent: agent() }));
    const second = await world().asked(deploy('2.5.0', { agent: agent() }));
    for (const action of [first, second]) {
      await world().decide('grace', 'approve', action);
      await world().decide('linus', 'approve', action);
    }
    await world().until(first, 'watching');
    await world().until(second, 'admitting');
    await world().say('grace', 'revoke', second, { reason: 'one at a time' });
    expect((await second.result()).outcome).toEqual({
      kind: 'revoked',
      reason: 'grace revoked it: one at a time',
    });
    expect(await world().effectsOf(second)).toEqual([]);
    await world().say('grace', 'revoke', first, { reason: 'enough seen' });
    await first.result();
  });

  test('ran at once, by whoever would review it', async () => {
    const action = await world().countersign.propose(proposal({ agent: agent() }));
    await world().until(action, 'watching');
    await expect(world().say('radia', 'revoke', action)).rejects.toMatchObject({ refusal: 'requesterSide' });
    await world().say('edsger', 'revoke', action, { reason: 'in the middle of the sale' });
    expect((await action.result()).outcome.kind).toBe('revoked');
    expect(await world().effectsOf(action)).toEqual(['flushCache', 'warmCache']);
  });

  test('needs a reason', async () => {
    const action = await world().countersign.propose(proposal({ agent: agent() }));
    await world().until(action, 'watching');
    const bare = world().say('edsger', 'revoke', action, { reason: undefined });
    await expect(bare).rejects.toMatchObject({ refusal: 'incomplete' });
    await action.cancel();
    await action.result();
  });
});
