import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import { createDrillRecords } from '../../src/adapters/postgres/drills.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import { scheduleDrills } from '../../src/adapters/temporal/drill-schedule.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { DRAW_DRILL, drillScheduleId } from '../../src/contract/ids.ts';
import { createDrillCases } from '../../src/practice/drill-cases.ts';
import { useForeigner } from '../attacks/foreign.ts';
import { jwsOf } from '../domain/support.ts';
import { connectionsTo } from '../support/connections.ts';
import { testInstallation } from '../support/installation.ts';
import { defaultAuthorize } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';
import { PATIENCE } from '../support/world.ts';
import { decideBy, useDecidedWorld } from './decided-world.ts';

const { rules } = testInstallation().installation;
const drills = { share: 0.2, names: {} };
const at = useDecidedWorld({ rules: { ...rules, drills } });
const foreigner = useForeigner(() => at().world);

/** The cases that ship, as this installation rules on them. */
const cases = () => {
  const { world } = at();
  return createDrillCases(
    {
      installation: world.installation,
      checkParams: () => [],
      authorize: defaultAuthorize,
      connections: connectionsTo(world.storefront.url, world.outbox, {}),
    },
    '.',
    drills,
  );
};

/** How many requests there seem to have been, for tests that are not about it. */
let requests: number | undefined = 1_000;
let chance = 0.1;

beforeAll(async () => {
  const { world } = at();
  const records = createDrillRecords(world.database);
  await world.stopWorker();
  await world.startWorker({
    drills: {
      cases: cases(),
      records: {
        ...records,
        drilled: async (since) => {
          const drilled = await records.drilled(since);
          return { ...drilled, requests: requests ?? drilled.requests };
        },
      },
      chance: () => chance,
      newKey: () => `request-${crypto.randomUUID().slice(0, 8)}`,
    },
  });
});

const lists = () => createReadModel(at().world.database);

/** Looks once whether a drill is due, as the schedule has it done. */
const draw = (): Promise<string> =>
  at().world.client.workflow.execute(DRAW_DRILL, {
    workflowId: `draw-${crypto.randomUUID()}`,
    taskQueue: at().world.taskQueue,
  });

/** Begins a drill, and waits until people are asked. */
async function drilled(): Promise<ActionHandle> {
  const { world } = at();
  const mails = world.outbox.mails().length;
  expect(await draw()).toBe('a drill began');
  await vi.waitFor(() => expect(world.outbox.mails().length).toBeGreaterThan(mails), PATIENCE);
  const { items } = await lists().pendingFor('grace', { limit: 50 });
  const ids = await Promise.all(
    items.map(async ({ actionId }) => ((await lists().isDrill(actionId)) ? actionId : [])),
  );
  const [actionId = ''] = ids.flat();
  await vi.waitFor(async () => expect(await kindsOf({ actionId })).toContain('drillTold'), PATIENCE);
  return world.countersign.action(actionId);
}

const kindsOf = async ({ actionId }: Pick<ActionHandle, 'actionId'>) =>
  (await at().world.ledger.entriesOf(actionId)).map(({ kind }) => kind);

/** All that was ever done to the storefront. */
const effects = () => effectsOf(at().world.storefront.url);

const deny = { verdict: 'deny', reason: 'it is not right' };

describe('a drill', () => {
  let drill: ActionHandle;
  beforeAll(async () => {
    drill = await drilled();
  });

  test('waits in the inbox like any other request, and its mail is that of a request', async () => {
    const { gateway, world } = at();
    const grace = await gateway.signedIn('grace');
    const inbox = await (await grace.send('/pending')).text();
    expect(inbox).toContain(drill.actionId);
    expect(inbox).toContain('Drills are on. At most 20 % of the requests here are drills');
    const page = await (await grace.send(`/actions/${drill.actionId}`)).text();
    expect(page).toContain('What will run');
    expect(page).not.toMatch(/drill/i);
    expect(await (await grace.send(`/api/actions/${drill.actionId}`)).text()).not.toMatch(/drill/i);
    expect(world.outbox.mails().at(-1)?.text).not.toMatch(/drill/i);
    expect(world.outbox.pages()).toEqual([]);
  });

  test('is told of right after the decision: to whoever decided how it was, to everybody else only that it was one', async () => {
    const { gateway } = at();
    const before = await effects();
    const grace = await gateway.signedIn('grace');
    const answer = await decideBy(grace, drill, deny);
    expect(answer.status).toBe(303);
    const page = await (await grace.send(`/actions/${drill.actionId}`)).text();
    expect(page).toContain('this was a drill, and you caught it');
    expect(page).toContain('this was a drill: no agent asked for it, and nothing could run');
    const linus = await gateway.signedIn('linus');
    const others = await (await linus.send(`/actions/${drill.actionId}`)).text();
    expect(others).toContain('this was a drill: no agent asked for it');
    expect(others).not.toMatch(/caught it|let it through/);
    const api = await (await linus.send(`/api/actions/${drill.actionId}/ledger`)).text();
    expect(api).not.toMatch(/caught|missed|it is not right/);
    expect(await (await linus.send('/api/ledger?limit=500')).text()).not.toMatch(/caught|it is not right/);
    expect((await linus.send(`/api/actions/${drill.actionId}/proof`)).status).toBe(404);
    expect(await effects()).toEqual(before);
  });

  test('is in the ledger as entries of its own kind, with what the person signed, and as no other', async () => {
    expect(await kindsOf(drill)).toEqual(['drillAsked', 'drillTold', 'drillEnded']);
    const [, , ended] = await at().world.ledger.entriesOf(drill.actionId);
    expect(ended?.body).toMatchObject({
      result: 'caught',
      said: { person: 'grace', verdict: 'deny', jws: expect.stringMatching(/^ey/) },
    });
  });

  test('counts as no action, and costs its agent nothing', async () => {
    const { world } = at();
    const { pending, days, load, denialRate } = await lists().dashboard(Date.now());
    expect({ pending, load, denialRate }).toEqual({ pending: 0, load: [], denialRate: 0 });
    expect(days.every(({ proposed, denied }) => proposed === 0 && denied === 0)).toBe(true);
    const { rows } = await world.database.pool.query('select from countersign_actions');
    expect(rows).toEqual([]);
    expect(await world.ledger.entriesOf('standing/deploy-agent')).toEqual([]);
  });
});

test('what one person caught is shown to them alone, and to the team only once it tells of nobody', async () => {
  const { gateway } = at();
  const pageOf = async (person: string) => (await (await gateway.signedIn(person)).send('/dashboard')).text();
  expect(await pageOf('grace')).toContain('You: 1 of 1 caught (100 %)');
  const linus = await pageOf('linus');
  expect(linus).toContain('You: none answered');
  expect(linus).toContain('Fewer than three people answered a drill');
  for (const [person, fields] of [
    ['linus', deny],
    ['margaret', { verdict: 'ask', reason: 'why now?' }],
  ] as const) {
    const drill = await drilled();
    const answer = await decideBy(await gateway.signedIn(person), drill, fields);
    expect(answer.status, await answer.text()).toBe(303);
  }
  expect(await pageOf('margaret')).toContain(
    'All people together: 2 of 2 caught (100 %), and 1 asked about or edited',
  );
});

test('a signed approval of a drill starts nothing: it is over, and was missed', async () => {
  const { world } = at();
  const before = await effects();
  const drill = await drilled();
  const jws = await world.sign('linus', 'approve', drill);
  await world.countersign.decide(drill.workflowId, jws);
  expect((await kindsOf(drill)).at(-1)).toBe('drillEnded');
  const state = await drill.state();
  expect(state).toMatchObject({ status: 'closed', outcome: { kind: 'cancelled' }, votes: [] });
  expect(await effects()).toEqual(before);
});

test('INVARIANT 1: in a run that has a drill no step of an action finds anything to run, with an approval of it in hand', async () => {
  const { world } = at();
  const before = await effects();
  const actionId = 'deploy-agent.request-0001';
  const puppet = await foreigner().start(`action/${actionId}`);
  const asked = await puppet.call('askDrill', 'older-version');
  expect(asked).toMatchObject({ kind: 'done', value: { kind: 'asked' } });
  const { ruling } = Reflect.get(Object(Reflect.get(asked, 'value')), 'state');
  const statement = {
    installation: world.installation.name,
    workflowId: puppet.workflowId,
    runId: puppet.runId,
    digest: ruling.digest,
    person: 'linus',
    verdict: 'approve',
    decidedAt: Date.now(),
    authentication: 'signing-key',
  } as const;
  const jws = jwsOf(world.keyOf('linus'), statement);
  for (const [step, ...args] of [
    ['settle', { statements: [jws], cancelled: false }],
    ['admit'],
    ['execute'],
    ['rollBack', {}],
    ['close', {}],
  ] as const)
    expect(await puppet.call(step, ...args), step).toMatchObject({ kind: 'refused' });
  expect(await puppet.call('endDrill', [jws])).toMatchObject({ value: { result: 'missed' } });
  expect(await kindsOf({ actionId })).toEqual(['drillAsked', 'drillEnded']);
  await puppet.end();
  expect(await effects()).toEqual(before);
});

test('a statement that nobody signed ends nothing', async () => {
  const { world } = at();
  const drill = await drilled();
  const radia = await world.sign('radia', 'deny', drill);
  await expect(world.countersign.decide(drill.workflowId, radia)).rejects.toThrow(/radia/);
  expect(await kindsOf(drill)).not.toContain('drillEnded');
  await world.decide('grace', 'deny', drill);
});

test('a drill that nobody answers expires quietly: nobody is paged, and nobody is written to again', async () => {
  const { world } = at();
  const drill = await drilled();
  const mails = world.outbox.mails().length;
  const { deadline = 0 } = await drill.state();
  await world.skip(drill, deadline - Date.now() + 1_000);
  await vi.waitFor(async () => expect((await kindsOf(drill)).at(-1)).toBe('drillEnded'), PATIENCE);
  const ended = (await world.ledger.entriesOf(drill.actionId)).at(-1);
  expect(ended?.body).toMatchObject({ result: 'expired' });
  expect(ended?.body).not.toHaveProperty('said');
  expect(world.outbox.mails()).toHaveLength(mails);
  expect(world.outbox.pages()).toEqual([]);
});

test('INVARIANT 13: that a drill is due follows from the ledger, whoever starts one', async () => {
  const { world } = at();
  const start = (actionId: string) =>
    world.client.workflow.execute('drill', {
      workflowId: `action/${actionId}`,
      taskQueue: world.taskQueue,
      args: ['older-version'],
    });
  requests = undefined;
  try {
    expect(await draw()).toMatch(/^of 0 requests 0 drills may come, and there were \d$/);
    expect(await start('deploy-agent.request-1')).toMatch(/^of 0 requests/);
    expect(await world.ledger.entriesOf('deploy-agent.request-1')).toEqual([]);
  } finally {
    requests = 1_000;
  }
  const real = await world.asked(proposal({ target: 'cart' }));
  await world.client.workflow.getHandle(real.workflowId).terminate();
  expect(await start(real.actionId)).toBe(`${real.actionId} is on record already`);
  chance = 0.9;
  expect(await draw()).toBe('a drill is due, and does not come yet');
  chance = 0.1;
  const drill = await drilled();
  expect(await draw()).toBe('a drill waits for an answer');
  await world.decide('grace', 'deny', drill);
});

describe('the schedule', () => {
  afterAll(() => scheduleDrills(at().world.client, at().world.taskQueue, false));

  test('looks at any moment of each hour, and is gone where the installation has no drills', async () => {
    const { client, taskQueue } = at().world;
    await Promise.all([1, 2].map(() => scheduleDrills(client, taskQueue, true)));
    const handle = client.schedule.getHandle(drillScheduleId(taskQueue));
    expect((await handle.describe()).spec).toMatchObject({ jitter: 3_600_000 });
    await scheduleDrills(client, taskQueue, false);
    await scheduleDrills(client, taskQueue, false);
    await expect(handle.describe()).rejects.toThrow();
  });
});
