import { describe, expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { readAction } from '../../src/gateway/use-cases/read-action.ts';
import { endOf } from '../support/agreement.ts';
import { freeAgents, newKey, SPARE, testInstallation } from '../support/installation.ts';
import { aHold, orders, signed } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld({
  installation: () => ({
    agents: { ...testInstallation().installation.agents, ...freeAgents(SPARE) },
  }),
});

const spare = SPARE.values();
const agent = () => ({ id: spare.next().value ?? '', version: '1.0.0' });

/** A deployment that people approved and that succeeded. */
async function deployed(version: string): Promise<ActionHandle> {
  const action = await world().asked(deploy(version, { agent: agent() }));
  await world().decide('linus', 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  return action;
}

async function wish({ actionId }: ActionHandle) {
  const { digest = '' } = await world().countersign.takeBacks(actionId);
  return { kind: 'rollback', actionId, digest, reason: 'carts are empty' } as const;
}

const ask = async (person: string, action: ActionHandle) => {
  const done = await orders(world(), person, await wish(action));
  if (done.kind !== 'takeBackAsked') throw new Error(done.kind);
  return world().countersign.action(done.by);
};

const refused = (where: string, problem: RegExp) => ({
  name: 'OrderRefused',
  faults: [{ where, problem: expect.stringMatching(problem) }],
});

const versionNow = async () => (await world().state()).checkout?.version;

test('what succeeded is taken back as an action of its own: one person asks, another approves, and it is watched', async () => {
  const before = await versionNow();
  const action = await deployed('2.4.0');
  expect(await versionNow()).toBe('2.4.0');
  const back = await ask('grace', action);
  expect(back.actionId).toBe(`~back~${action.actionId}~1`);
  await world().until(back, 'waiting');
  const { action: governed, ruling } = await back.state();
  const ran = (await action.state()).action;
  expect(governed).toMatchObject({
    title: `take back: ${ran?.title}`,
    execute: ran?.rollback,
    rollback: ran?.execute,
    agent: { id: 'countersign', owner: 'user:grace' },
    takesBack: { actionId: action.actionId },
  });
  expect(ruling).toMatchObject({ tier: 3, mode: 'executeWithApproval', people: { requester: ['grace'] } });
  await expect(world().say('grace', 'approve', back)).rejects.toMatchObject({
    refusal: 'requesterSide',
    message: expect.stringContaining('grace asked for this'),
  });
  await world().decide('ada', 'approve', back);
  expect(await endOf(world(), back)).toMatchObject({ kind: 'succeeded' });
  expect(await world().effectsOf(back)).toEqual(['undo']);
  expect(await versionNow()).toBe(before);
  expect((await back.state()).verdict).toMatchObject({ kind: 'healthy' });
  expect(await world().ledger.entriesOf('standing/countersign')).toEqual([]);
});

test('both pages lead to the other action, also when it was asked for twice at once', async () => {
  const action = await deployed('2.4.0');
  const [one, other] = await Promise.all([ask('grace', action), ask('ada', action)]);
  expect(one.actionId).toBe(other.actionId);
  await world().until(one, 'waiting');
  const { countersign, ledger } = world();
  const { state } = await readAction({ countersign, ledger, now: Date.now }, action.actionId);
  expect(state.takeBacks).toMatchObject([{ by: one.actionId, reason: 'carts are empty' }]);
  expect((await countersign.takeBacks(action.actionId)).asked).toEqual(state.takeBacks);
  expect((await one.state()).action?.takesBack?.actionId).toBe(action.actionId);
  await world().decide('linus', 'deny', one);
  expect(await endOf(world(), one)).toMatchObject({ kind: 'deniedByPerson' });

  // What was denied can be asked for again, as another action.
  const again = await ask('grace', action);
  expect(again.actionId).toBe(`~back~${action.actionId}~2`);
  await world().decide('linus', 'approve', again);
  expect(await endOf(world(), again)).toMatchObject({ kind: 'succeeded' });
  await expect(ask('ada', action)).rejects.toMatchObject(refused('actionId', /was taken back already/));

  // What was set and taken back is not what is there now.
  const next = await world().asked(deploy('2.3.1', { agent: agent() }));
  expect((await next.state()).impact?.changes).toMatchObject([{ parameter: 'version', to: '2.3.1' }]);
  expect(JSON.stringify((await next.state()).impact?.changes)).not.toContain(action.actionId);
  await world().decide('linus', 'deny', next);
});

describe('it is refused, with the reason', () => {
  test('where something ran on the target since; and where that happens while people are asked', async () => {
    const first = await deployed('2.4.0');
    const back = await ask('grace', first);
    await world().until(back, 'waiting');
    const second = await deployed('2.3.1');
    await world().decide('linus', 'approve', back);
    expect(await endOf(world(), back)).toMatchObject({
      kind: 'deniedByPolicy',
      reason: expect.stringContaining(`${second.actionId} ran there`),
    });
    expect(await world().effectsOf(back)).toEqual([]);
    expect(await versionNow()).toBe('2.3.1');
    await expect(ask('grace', first)).rejects.toMatchObject(
      refused('actionId', /ran there at .* ended succeeded/),
    );
  });

  test('where it did not succeed, or is not over', async () => {
    const action = await world().asked(deploy('2.4.0', { agent: agent() }));
    const digest = (await action.state()).ruling?.digest ?? '';
    const unsigned = { kind: 'rollback', actionId: action.actionId, digest, reason: 'no' } as const;
    await expect(orders(world(), 'grace', unsigned)).rejects.toMatchObject(
      refused('actionId', /is not over yet/),
    );
    await world().decide('linus', 'deny', action);
    await action.result();
    await expect(orders(world(), 'grace', unsigned)).rejects.toMatchObject(
      refused('actionId', /ended deniedByPerson/),
    );
  });

  test('where the target is on hold', async () => {
    const action = await deployed('2.4.0');
    const hold = await orders(world(), 'linus', aHold({ kind: 'service', service: 'checkout' }));
    await expect(ask('grace', action)).rejects.toMatchObject(refused('actionId', /on hold/));
    await orders(world(), 'linus', { kind: 'lift', holdId: Object(hold).holdId, reason: 'over' });
    await expect(ask('grace', action)).resolves.toBeDefined();
  });

  test('where somebody asks who may not approve such an action', async () => {
    const action = await deployed('2.4.0');
    await expect(ask('edsger', action)).rejects.toMatchObject(refused('person', /edsger is not in/));
    await expect(ask('radia', action)).rejects.toMatchObject(refused('person', /radia owns the agent spare/));
  });

  test('INVARIANT 13: where nobody signed it, or something else than what ran', async () => {
    const action = await deployed('2.4.0');
    const forged = await signed(world(), 'grace', await wish(action), {}, newKey());
    await expect(world().countersign.order(forged)).rejects.toMatchObject(refused('signature', /refused/));
    const other = { ...(await wish(action)), digest: 'a'.repeat(64) };
    await expect(orders(world(), 'grace', other)).rejects.toMatchObject(
      refused('digest', /look at it again/),
    );
  });

  test('INVARIANT 13: where a client proposes it by itself, whatever it says', async () => {
    const action = await deployed('2.4.0');
    const jws = await signed(world(), 'grace', await wish(action));
    const made = proposal({ takesBack: { actionId: action.actionId, attempt: 1, jws } });
    await expect(world().countersign.propose(made)).rejects.toMatchObject({
      name: 'ProposalRefused',
      faults: [{ where: 'takesBack', problem: expect.stringMatching(/^nobody asked/) }],
    });
    const back = await ask('grace', action);
    await world().until(back, 'waiting');
    const { proposal: real } = await back.state();
    await world().decide('linus', 'deny', back);
    await back.result();
    const bent = { ...real, params: { version: '9.9.9' } };
    await expect(world().countersign.propose(bent)).rejects.toMatchObject({ name: 'IdempotencyConflict' });
  });
});
