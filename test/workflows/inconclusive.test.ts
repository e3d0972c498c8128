import { afterAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import { type Line, startLine, untilRetried } from '../support/faults.ts';
import { testInstallation } from '../support/installation.ts';
import { trustDeploys } from '../support/orders.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;

/** What the metrics of all services are now. From 1 to 10 nobody can tell whether that is good. */
let level = 0;

/** Watches that cannot tell while neither condition is true. */
const undecidable = (): Partial<Installation> => {
  const { actionTypes } = testInstallation().installation;
  const changed = Object.entries(actionTypes).map(([name, type]) => {
    const metrics = (type.watch?.metrics ?? []).map((metric) => ({
      ...metric,
      successCondition: 'result <= 1.0',
      failureCondition: 'result > 10.0',
      inconclusiveLimit: 0,
    }));
    return [name, type.watch ? { ...type, watch: { metrics, decideWithinMs: 20 * MINUTE } } : type] as const;
  });
  return { actionTypes: Object.fromEntries(changed) };
};

let line: Line;
const world = useWorld({
  databaseUrl: async (url) => {
    line = await startLine(url);
    return line.url;
  },
  installation: undecidable,
  faults: () => ({
    sources: {
      storefront: { read: async () => ({ kind: 'value', value: level, sampledAt: Date.now() }) },
    },
  }),
});

afterAll(() => line.close());

beforeEach(async () => {
  level = 0;
  await trustDeploys(world());
});

/** A deploy that waits for people. It frees its target when the test ends, however it ends. */
async function asked(): Promise<ActionHandle> {
  const action = await world().asked(deploy('2.4.0'));
  onTestFinished(async () => {
    await action.cancel();
    await action.result();
  });
  return action;
}

/** A deploy that ran, and of which its watch cannot tell whether it did harm. */
async function undecided(): Promise<ActionHandle> {
  const action = await asked();
  level = 5;
  await world().decide('grace', 'approve', action);
  await world().until(action, 'undecided');
  // So its metrics are back where it is taken back.
  level = 0;
  return action;
}

const entriesOf = async (action: ActionHandle, kind: string) =>
  (await world().ledger.entriesOf(action.actionId)).filter((entry) => entry.kind === kind);

describe('a watch that cannot tell', () => {
  test('asks those who decide, pages on-call, and shows the action in their lists', async () => {
    const action = await undecided();
    const { deadline, verdict } = await action.state();
    expect(verdict).toMatchObject({ kind: 'inconclusive' });
    const lastCheck = (await entriesOf(action, 'measured')).at(-1);
    expect(deadline).toBe((lastCheck?.at ?? 0) + 20 * MINUTE);
    const lists = createReadModel(world().database);
    await vi.waitFor(async () => {
      const { items } = await lists.pendingFor('grace', { limit: 100 });
      expect(items.map(({ actionId }) => actionId)).toContain(action.actionId);
    }, PATIENCE);
    await vi.waitFor(async () => {
      const deliveries = (await action.state()).deliveries
        .filter(({ step }) => step.startsWith('inconclusive'))
        .sort((a, b) => a.by.localeCompare(b.by));
      expect(deliveries).toMatchObject([
        { by: 'mail', delivered: true, people: expect.arrayContaining(['grace']) },
        { by: 'page', delivered: true },
      ]);
    }, PATIENCE);
    await world().say('grace', 'revoke', action, { reason: 'not sure' });
    expect((await action.result()).outcome).toMatchObject({ kind: 'revoked' });
  });

  test('and a person who keeps it: the effect stays, and the ledger says who kept it', async () => {
    const action = await undecided();
    await world().say('grace', 'keep', action, { reason: 'the dashboards are calm' });
    const { outcome } = await action.result();
    expect(outcome).toMatchObject({
      kind: 'succeeded',
      reason: expect.stringContaining('grace keeps it: the dashboards are calm'),
    });
    expect(await world().effectsOf(action)).toHaveLength(1);
    expect(await entriesOf(action, 'kept')).toMatchObject([{ body: { by: 'grace' } }]);
  });

  test('and a person who has it watched for longer: it is healthy once the new measurements are', async () => {
    const action = await undecided();
    await world().say('grace', 'extend', action, { reason: 'too little traffic yet' });
    const { outcome } = await action.result();
    const { measurements } = await action.state();
    expect(outcome).toMatchObject({
      kind: 'succeeded',
      reason: expect.stringContaining('within their limits'),
    });
    expect(measurements.map(({ phase }) => phase)).toEqual([
      'inconclusive',
      'successful',
      'successful',
      'successful',
    ]);
    expect(await world().effectsOf(action)).toHaveLength(1);
    expect(await entriesOf(action, 'extended')).toMatchObject([{ body: { by: 'grace', check: 1 } }]);
    expect(await action.state()).toMatchObject({
      verdict: { kind: 'healthy' },
      extensions: [{ by: 'grace' }],
    });
  });

  test('and a person who has it watched for longer, in vain: people are asked again, three times at most', async () => {
    const action = await undecided();
    level = 5;
    const asks = async () =>
      (await entriesOf(action, 'told')).filter(({ body }) => Object.hasOwn(Object(body), 'keepUntil')).length;
    for (const round of [1, 2, 3]) {
      await vi.waitFor(async () => expect(await asks()).toBe(round), PATIENCE);
      await world().say('grace', 'extend', action, { reason: `look again ${round}` });
      await vi.waitFor(async () => {
        const { status, measurements } = await action.state();
        expect([status, measurements.length]).toEqual(['undecided', round + 1]);
      }, PATIENCE);
    }
    await expect(world().say('grace', 'extend', action, { reason: 'once more' })).rejects.toMatchObject({
      refusal: 'tooMany',
    });
    level = 0;
    await world().say('grace', 'revoke', action, { reason: 'enough' });
    expect((await action.result()).outcome).toMatchObject({ kind: 'revoked' });
  });

  test('INVARIANT 9: an extension that the ledger does not take in time counts for nothing: the effect is taken back', async () => {
    const action = await undecided();
    await line.cut();
    onTestFinished(() => line.mend());
    const said = world().say('grace', 'extend', action, { reason: 'too little traffic yet' });
    const refused = expect(said).rejects.toMatchObject({ refusal: 'notOpen' });
    await untilRetried(world(), action, 'record');
    await world().skip(action, 21 * MINUTE);
    await vi.waitFor(async () => expect(await world().effectsOf(action)).toHaveLength(2), PATIENCE);
    await line.mend();
    await refused;
    expect((await action.result()).outcome).toMatchObject({ kind: 'rolledBack' });
    // What could not be recorded is there before what followed.
    const kinds = (await world().ledger.entriesOf(action.actionId)).map(({ kind }) => kind);
    expect(kinds.indexOf('takenBack')).toBeLessThan(kinds.indexOf('measuredBack'));
    expect(await entriesOf(action, 'extended')).toEqual([]);
  });

  test('and nobody: it is taken back when the time is over', async () => {
    const action = await undecided();
    await world().skip(action, 21 * MINUTE);
    const { outcome } = await action.result();
    expect(outcome.kind).toBe('rolledBack');
    expect(await world().effectsOf(action)).toHaveLength(2);
    expect(await entriesOf(action, 'kept')).toEqual([]);
  });

  test('takes no other word than keep, extend and revoke, and each only with a reason', async () => {
    const action = await undecided();
    await expect(world().say('grace', 'approve', action)).rejects.toMatchObject({ refusal: 'notOpen' });
    await expect(world().say('grace', 'keep', action, { reason: undefined })).rejects.toMatchObject({
      refusal: 'incomplete',
    });
    await expect(world().say('grace', 'extend', action, { reason: undefined })).rejects.toMatchObject({
      refusal: 'incomplete',
    });
    await world().say('grace', 'revoke', action, { reason: 'enough' });
    await action.result();
  });
});

describe('INVARIANT 13: an effect is kept', () => {
  test('by nobody while its watch goes on, and by nobody who may not decide', async () => {
    const action = await asked();
    await expect(world().say('grace', 'keep', action, { reason: 'early' })).rejects.toMatchObject({
      refusal: 'notOpen',
    });
    level = 5;
    await world().decide('grace', 'approve', action);
    await world().until(action, 'undecided');
    level = 0;
    await expect(world().say('radia', 'keep', action, { reason: 'mine' })).rejects.toThrow();
    await world().say('grace', 'revoke', action, { reason: 'enough' });
    await action.result();
  });
});
