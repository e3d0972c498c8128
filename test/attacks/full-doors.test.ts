import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { decideSignal, decideUpdate, proposeUpdate } from '../../src/contract/messages.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import { endOf } from '../support/agreement.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

/** An agent that sends its own action whatever it takes, so that nobody else is heard. */
const world = useWorld();

const MINUTE = 60_000;

const workflowOf = ({ workflowId }: ActionHandle) => world().client.workflow.getHandle(workflowId);

/** So many at a time as the server takes. */
async function repeated(times: number, send: () => Promise<unknown>): Promise<void> {
  const each = async (share: number) => {
    for (let i = 0; i < share; i += 1) await send().catch(() => undefined);
  };
  await Promise.all(Array.from({ length: 8 }, () => each(Math.ceil(times / 8))));
}

describe('INVARIANT 14: what changes nothing uses nothing up', () => {
  test('2,100 proposals of what is ruled on leave no trace, and a denial is heard', async () => {
    const of = deploy('2.4.0');
    const action = await world().asked(of);
    const before = (await world().historyOf(action)).length;
    await repeated(2_100, () =>
      workflowOf(action).executeUpdate(proposeUpdate, { args: [digestOf(of)], updateId: randomUUID() }),
    );
    expect((await world().historyOf(action)).length).toBe(before);
    await world().say('linus', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('a vote that somebody gave already is not taken again, under whatever name it is sent', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const jws = await world().sign('linus', 'deny', action, { digest: 'f'.repeat(64) });
    const before = (await world().historyOf(action)).length;
    await repeated(200, () =>
      workflowOf(action).executeUpdate(decideUpdate, { args: [{ jws }], updateId: randomUUID() }),
    );
    expect((await world().historyOf(action)).length).toBe(before);
    await world().say('linus', 'deny', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'deniedByPerson' });
  });

  test('the same proposal again and again is answered by its state', async () => {
    const of = deploy('2.4.0');
    await world().countersign.proposeAndRule(of);
    const action = await world().asked(of);
    const before = (await world().historyOf(action)).length;
    for (let i = 0; i < 5; i += 1)
      expect((await world().countersign.proposeAndRule(of)).ruling).toMatchObject({ tier: 3 });
    expect((await world().historyOf(action)).length).toBe(before);
    await world().say('linus', 'deny', action);
    await action.result();
  });
});

describe('INVARIANT 14: where the door is full, silence means nothing and people are heard beside it', () => {
  /** Signals cannot be refused: each is kept. */
  async function flood(action: ActionHandle, megabytes: number): Promise<void> {
    const junk = 'x'.repeat(1_000_000);
    for (let i = 0; i < megabytes; i += 1) await workflowOf(action).signal(decideSignal, { jws: junk });
  }

  test('a window into which 12 MB were sent does not proceed', async () => {
    const action = await world().countersign.propose(proposal({ target: 'cart' }));
    await world().until(action, 'waiting');
    await flood(action, 12);
    await world().skip(action, 5 * MINUTE);
    expect((await action.result()).outcome).toMatchObject({
      kind: 'undeliverable',
      reason: expect.stringContaining('may not have been heard'),
    });
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test('an action that waits is ended before the server ends it', async () => {
    const action = await world().countersign.propose(deploy('2.4.0'));
    await world().until(action, 'waiting');
    await flood(action, 27);
    expect((await action.result()).outcome.kind).toBe('undeliverable');
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test('one that runs is taken back before the server ends it', async () => {
    const action = await world().countersign.propose(
      proposal({ agent: { id: 'cache-agent', version: '3.0.0' }, declaredTier: 3 }),
    );
    await world().decide('edsger', 'approve', action);
    await world().until(action, 'watching');
    await flood(action, 27);
    const { outcome } = await action.result();
    // Its watch is short: it may be over before the flood is.
    expect(['rolledBack', 'succeeded']).toContain(outcome.kind);
    expect(await world().effectsOf(action)).toEqual(
      outcome.kind === 'rolledBack' ? ['flushCache', 'warmCache'] : ['flushCache'],
    );
  });

  test('a denial that the workflow cannot take is kept beside it, and stops it', async () => {
    const action = await world().countersign.propose(proposal({ target: 'cart' }));
    await world().until(action, 'waiting');
    const denial = await world().sign('barbara', 'deny', action);
    await world().client.activity.execute('handIn', {
      id: `test-${randomUUID()}`,
      taskQueue: world().taskQueue,
      args: [{ workflowId: action.workflowId, jws: denial }],
      scheduleToCloseTimeout: '10s',
    });
    await world().skip(action, 5 * MINUTE);
    expect((await action.result()).outcome).toMatchObject({ kind: 'deniedByPerson' });
    expect(await world().effectsOf(action)).toEqual([]);
  });

  test.each(['forged', 'foreign', 'empty'])('what nobody signed is not kept there: %s', async (which) => {
    const action = await world().asked(deploy('2.4.0'));
    const jws = {
      forged: await world().sign('linus', 'deny', action, {}, world().keyOf('grace')),
      foreign: await world().sign('radia', 'deny', action),
      empty: '',
    }[which];
    const handed = world().client.activity.execute('handIn', {
      id: `test-${randomUUID()}`,
      taskQueue: world().taskQueue,
      args: [{ workflowId: action.workflowId, jws }],
      scheduleToCloseTimeout: '10s',
    });
    await expect(handed).rejects.toMatchObject({ cause: { type: 'DecisionRefused' } });
    await world().say('linus', 'deny', action);
    await action.result();
  });
});
