import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { effectsOf } from '../../examples/storefront/process.ts';
import { actionIdOf, actionWorkflowId, REVIEW_ACTION, reviewWorkflowId } from '../../src/contract/ids.ts';
import type { Action, Proposal } from '../../src/domain/action/action.ts';
import { actionDigest } from '../../src/domain/action/action-digest.ts';
import type { DecisionKind, DecisionStatement } from '../../src/domain/approval/decision-statement.ts';
import { digestOf } from '../../src/domain/shared/digest.ts';
import { jwsOf } from '../domain/support.ts';
import { freeAgents, newKey, type SigningKey, SPARE, testInstallation } from '../support/installation.ts';
import { orders } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';
import { type Puppet, useForeigner } from './foreign.ts';

/** An agent that reaches the Temporal server, and has a worker and workflows of its own there. */
const world = useWorld({
  installation: () => ({ agents: { ...testInstallation().installation.agents, ...freeAgents(SPARE) } }),
});
const foreigner = useForeigner(world);

const MINUTE = 60_000;
const REFUSED = { kind: 'refused', type: 'NotOnRecord' };

const idOf = (of: Proposal) => actionWorkflowId(actionIdOf(of));
const start = (of: Proposal) => foreigner().start(idOf(of));
const entriesOf = (of: Proposal) => world().ledger.entriesOf(actionIdOf(of));
const kindsOf = async (of: Proposal) => (await entriesOf(of)).map(({ kind }) => kind);

/** What really happened because of an action. */
const effectsOn = async (of: Proposal) =>
  (await effectsOf(world().storefront.url)).filter(({ idempotencyKey }) =>
    idempotencyKey.startsWith(actionIdOf(of)),
  );

/** Has an action ruled on, as its own workflow would. */
async function ruled(of: Proposal): Promise<Puppet> {
  const puppet = await start(of);
  expect(await puppet.call('rule', { proposal: of })).toMatchObject({
    kind: 'done',
    value: { kind: 'ruled' },
  });
  return puppet;
}

/** What a person signs on what a foreign workflow had ruled on. */
async function signed(
  of: Proposal,
  puppet: Puppet,
  person: string,
  verdict: DecisionKind,
  signer: SigningKey = world().keyOf(person),
  changes: Partial<DecisionStatement> = {},
): Promise<string> {
  const last = (await entriesOf(of)).findLast(({ kind }) => kind === 'ruled');
  const statement: DecisionStatement = {
    installation: world().installation.name,
    workflowId: puppet.workflowId,
    runId: puppet.runId,
    digest: Reflect.get(Object(last?.body), 'ruling').digest,
    person,
    verdict,
    reason: 'said',
    decidedAt: Date.now(),
    authentication: 'signing-key',
    ...changes,
  };
  return jwsOf(signer, statement);
}

describe('INVARIANT 13: a workflow that only bears our name has our workers do nothing', () => {
  /** What it would have run: a command, and with a digest that fits. */
  const touched = join(tmpdir(), `touched-${crypto.randomUUID()}`);
  const plan = { executor: 'command', argv: ['touch', touched], timeoutMs: 5_000 } as const;
  const of = proposal();
  const action: Action = {
    id: actionIdOf(of),
    type: 'cache.flush',
    title: 'anything',
    target: 'catalog',
    serviceTier: 3,
    environment: 'production',
    params: {},
    agent: { id: 'cache-agent', version: '1.4.0', owner: 'user:radia' },
    execute: plan,
    rollback: plan,
  };
  const pins = { policy: 'a', catalog: 'b', actionType: 'c', impact: 'd' };
  const digest = actionDigest(action, pins);
  const ticket = {
    actionId: action.id,
    digest,
    fencingToken: 9,
    rollback: plan,
    watch: null,
    watchForMs: 0,
    baseline: {},
  };
  const input = {
    action,
    pins,
    digest,
    fencingToken: 9,
    tier: 1,
    votes: [],
    settlement: { kind: 'approved', by: ['grace'] },
    outcome: { kind: 'succeeded', reason: 'so it says' },
    at: Date.now(),
    hold: false,
    record: { votes: [] },
    actionId: action.id,
    kind: 'admitted',
    body: { digest },
    by: 'mail',
    people: ['grace'],
    check: 0,
    because: 'notHealthy',
    said: 'succeeded',
    statements: [],
    unrecorded: [],
    announcement: { kind: 'recommended' },
    seen: { undelivered: [], answers: {}, refusedDecisions: [] },
  };

  test.each([
    'revise',
    'record',
    'admit',
    'execute',
    'rollBack',
    'measure',
    'notify',
    'pageRollbackFailed',
    'resolvePage',
    'close',
    'openReview',
    'concludeReview',
    'remind',
    'carryOut',
  ])('%s', async (activity) => {
    const puppet = await foreigner().start(`${idOf(of)}-${activity}`);
    const { runId } = puppet;
    const sealed = {
      what: { ...ticket, runId, actionId: `${action.id}-${activity}` },
      seal: digestOf('a guess'),
    };
    const attempt = {
      what: { ...sealed.what, eventId: `${sealed.what.actionId}/${runId}/takenBack/1`, kind: 'takenBack' },
      seal: digestOf('another guess'),
    };
    const mails = world().outbox.mails().length;
    const pages = world().outbox.pages().length;
    const answer = await puppet.call(activity, { ...input, runId, ticket: sealed, attempt });
    expect(answer).toMatchObject({ kind: 'refused' });
    expect(existsSync(touched)).toBe(false);
    expect(await effectsOn(of)).toEqual([]);
    expect(await world().ledger.entriesOf(`${action.id}-${activity}`)).toEqual([]);
    expect(world().outbox.mails()).toHaveLength(mails);
    expect(world().outbox.pages()).toHaveLength(pages);
    await puppet.end();
  });

  test('nor under an id that is none of an action', async () => {
    const puppet = await foreigner().start(`order/${digestOf('x')}`);
    for (const activity of ['begin', 'rule', 'admit', 'execute', 'rollBack', 'close'])
      expect(await puppet.call(activity, { ...input, proposal: of })).toMatchObject(REFUSED);
    await puppet.end();
  });

  test('nor for an action other than the one that its id names', async () => {
    const puppet = await foreigner().start(idOf(proposal()));
    const answer = await puppet.call('rule', { proposal: of });
    expect(answer).toMatchObject({ value: { kind: 'refused', faults: [{ where: 'the workflow id' }] } });
    expect(await entriesOf(of)).toEqual([]);
    await puppet.end();
  });
});

describe('INVARIANT 1: what people must approve does not run in a workflow of an agent either', () => {
  test('without a decision: it is not settled, not admitted, not executed', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    expect(await puppet.call('settle', saying())).toMatchObject({ value: { kind: 'open' } });
    for (const activity of ['admit', 'execute']) expect(await puppet.call(activity)).toMatchObject(REFUSED);
    expect(await effectsOn(of)).toEqual([]);
    expect(await kindsOf(of)).toEqual(['ruled']);
    await puppet.end();
  });

  test.each<[string, (of: Proposal, puppet: Puppet) => Promise<string>]>([
    ['signed with a key of its own', (of, puppet) => signed(of, puppet, 'grace', 'approve', newKey())],
    [
      'signed by somebody for another run',
      (of, puppet) => signed(of, puppet, 'grace', 'approve', undefined, { runId: crypto.randomUUID() }),
    ],
    [
      'signed by somebody on another digest',
      (of, puppet) => signed(of, puppet, 'grace', 'approve', undefined, { digest: digestOf('other') }),
    ],
    ['of the side that asks', (of, puppet) => signed(of, puppet, 'ada', 'approve')],
    ['of somebody who is not asked', (of, puppet) => signed(of, puppet, 'barbara', 'approve')],
  ])('with an approval %s', async (_, sign) => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    const settled = await puppet.call('settle', saying(await sign(of, puppet)));
    expect(settled).toMatchObject({ value: { kind: 'open', refused: [{ reason: expect.any(String) }] } });
    expect(await puppet.call('admit')).toMatchObject(REFUSED);
    expect(await puppet.call('execute')).toMatchObject(REFUSED);
    expect(await effectsOn(of)).toEqual([]);
    await puppet.end();
  });

  test('INVARIANT 14: nor where it leaves a denial out that was handed in to us', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    await world().handIn(puppet.workflowId, await signed(of, puppet, 'linus', 'deny'));
    const approval = await signed(of, puppet, 'grace', 'approve');
    expect(await puppet.call('settle', saying(approval))).toMatchObject({
      value: { kind: 'settled', settlement: { kind: 'denied', by: 'linus' } },
    });
    expect(await puppet.call('admit')).toMatchObject(REFUSED);
    expect(await effectsOn(of)).toEqual([]);
    await puppet.end();
  });

  test('INVARIANT 14: a revocation that was handed in to us after it was approved stops it', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    await puppet.call('settle', saying(await signed(of, puppet, 'grace', 'approve')));
    const revocation = await signed(of, puppet, 'linus', 'revoke');
    await world().handIn(puppet.workflowId, revocation);
    expect(await puppet.call('admit')).toMatchObject({ value: { kind: 'revoked', jws: revocation } });
    expect(await puppet.call('execute')).toMatchObject(REFUSED);
    expect(await effectsOn(of)).toEqual([]);
    await puppet.end();
  });

  test('what people did approve runs once, and as they approved it', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    await puppet.call('settle', saying(await signed(of, puppet, 'grace', 'approve')));
    expect(await puppet.call('admit')).toMatchObject({ value: { kind: 'admitted' } });
    for (let i = 0; i < 3; i += 1) await puppet.call('execute', { action: 'another', plan: 'another' });
    expect((await effectsOn(of)).map(({ operation }) => operation)).toEqual(['setVersion']);
    await puppet.call('rollBack', { because: 'stopped' });
    await puppet.call('close', { ...CLOSING, said: 'cancelled' });
    await puppet.end();
  });
});

/** What a workflow brings of what people signed. */
const saying = (...statements: string[]) => ({ statements, decidedAt: Date.now() });

const CLOSING = {
  said: 'succeeded',
  statements: [],
  seen: { undelivered: [], answers: {}, refusedDecisions: [] },
  unrecorded: [],
};

describe('INVARIANT 5: silence proceeds only once its time has really passed and on-call was really paged', () => {
  test('not at once, and nobody is paged that it does', async () => {
    const of = proposal({ target: 'cart' });
    const puppet = await ruled(of);
    const pages = world().outbox.pages().length;
    expect(await puppet.call('notify', { announcement: { kind: 'proceeding' } })).toMatchObject(REFUSED);
    expect(await puppet.call('settle', saying())).toMatchObject({ value: { kind: 'open' } });
    expect(await puppet.call('admit')).toMatchObject(REFUSED);
    expect(world().outbox.pages()).toHaveLength(pages);
    await puppet.end();
  });

  test('not without the page, and then it is undeliverable', async () => {
    const of = proposal({ target: 'cart' });
    const puppet = await ruled(of);
    await world().skip(puppet, 5 * MINUTE);
    expect(await puppet.call('settle', saying())).toMatchObject({
      value: { kind: 'settled', settlement: { kind: 'undeliverable' } },
    });
    expect(await puppet.call('admit')).toMatchObject(REFUSED);
    expect(await effectsOn(of)).toEqual([]);
    await puppet.end();
  });
});

describe('INVARIANT 13: what people are told is the ledger’s, and told once', () => {
  test('a message is sent once, however often it is asked for', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    const announcement = { kind: 'asked', name: 'route-1' };
    const asked = Array.from({ length: 20 }, () => puppet.call('notify', { announcement }));
    expect(await asked[0]).toMatchObject({ kind: 'done' });
    await Promise.all(asked.map((each) => each.catch(() => undefined)));
    const mails = () =>
      world()
        .outbox.mails()
        .filter(({ headers }) => headers['x-countersign-action'] === actionIdOf(of));
    const sent = mails().length;
    for (let i = 0; i < 5; i += 1) await puppet.call('notify', { announcement });
    expect(mails()).toHaveLength(sent);
    // At once they may all send it, but as the same mail: one to those who decide, one to those who are only told.
    expect(new Set(mails().map(({ headers }) => headers['message-id'])).size).toBe(2);
    await puppet.end();
  });

  test.each([
    { kind: 'asked', name: 'route-2' },
    { kind: 'asked', name: 'route-99' },
    { kind: 'recommended' },
    { kind: 'settled', of: 'route-1' },
    { kind: 'edited' },
    { kind: 'glassBroken' },
    { kind: 'ended', by: 'mail' },
    { kind: 'ended', by: 'page' },
    { kind: 'anomaly', holdId: 'anomaly-x' },
    { kind: 'questionAsked', jws: 'a.b.c' },
  ])('nobody is told %o before it is so', async (announcement) => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    const before = world().outbox.mails().length + world().outbox.pages().length;
    expect(await puppet.call('notify', { announcement })).toMatchObject(REFUSED);
    expect(world().outbox.mails().length + world().outbox.pages().length).toBe(before);
    await puppet.end();
  });
});

describe('INVARIANT 7: an agent’s workflow cannot say that all went well', () => {
  test('what was not watched to its end is not healthy: the target is held, and the agent loses a level', async () => {
    const agent = { id: 'spare-1', version: '1.0.0' };
    const of = proposal({ target: 'cart', agent });
    const puppet = await ruled(of);
    await puppet.call('settle', saying(await signed(of, puppet, 'edsger', 'approve')));
    await puppet.call('admit');
    await puppet.call('execute');
    expect(await puppet.call('close', CLOSING)).toMatchObject({
      value: { outcome: { kind: 'rollbackFailed' } },
    });
    const standing = await world().ledger.entriesOf('standing/spare-1');
    expect(
      standing.some(({ kind, eventId }) => kind === 'demoted' && eventId.startsWith(actionIdOf(of))),
    ).toBe(true);
    const holdId = `${actionIdOf(of)}/${puppet.runId}`;
    expect((await world().countersign.holds()).map(({ id }) => id)).toContain(holdId);
    await puppet.end();
    await orders(world(), 'linus', { kind: 'lift', holdId, reason: 'looked at' });
  });

  test('a check is not taken before it is due', async () => {
    const of = proposal({ target: 'cart', agent: { id: 'spare-2', version: '1.0.0' } });
    const puppet = await ruled(of);
    await puppet.call('settle', saying(await signed(of, puppet, 'barbara', 'approve')));
    await puppet.call('admit');
    await puppet.call('execute');
    expect(await puppet.call('measure', { check: 2 })).toMatchObject({
      ...REFUSED,
      message: 'check 0 of its watch is not due yet',
    });
    await puppet.call('rollBack', { because: 'stopped' });
    await puppet.call('close', { ...CLOSING, said: 'cancelled' });
    await puppet.end();
  });
});

describe('INVARIANT 8: what is over, or another’s, is out of reach', () => {
  test('a run under the id of an action that was closed takes nothing back and runs nothing again', async () => {
    const of = proposal({ target: 'cart', declaredTier: 2 });
    const action = await world().countersign.propose(of);
    await world().decide('barbara', 'approve', action);
    await action.result();
    const effects = await effectsOn(of);
    const { client } = world();
    const before = await kindsOf(of);
    const again = await client.workflow.start('governAction', {
      workflowId: action.workflowId,
      taskQueue: world().taskQueue,
      args: [of],
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    });
    await expect(again.result()).rejects.toMatchObject({ cause: { type: 'ProposalRefused' } });
    expect(await kindsOf(of)).toEqual(before);
    expect(await effectsOn(of)).toEqual(effects);
  });
});

describe('reviews are the ledger’s', () => {
  test('a review of what is not due one fails, and changes nothing', async () => {
    const of = deploy('2.4.0');
    const puppet = await ruled(of);
    const options = { workflowId: reviewWorkflowId(actionIdOf(of)), taskQueue: world().taskQueue };
    const review = await world().client.workflow.start(REVIEW_ACTION, {
      ...options,
      args: [{ invented: true }],
    });
    await expect(review.result()).rejects.toMatchObject({ cause: { type: 'NotOnRecord' } });
    expect(await kindsOf(of)).toEqual(['ruled']);
    await puppet.end();
  });

  test.each([
    [
      'a workflow of its own',
      async (workflowId: string) => void (await foreigner().start(workflowId, REVIEW_ACTION)),
    ],
    [
      'one that failed, as nothing was due yet',
      async (workflowId: string) => {
        const { client, taskQueue } = world();
        const early = await client.workflow.start(REVIEW_ACTION, { workflowId, taskQueue });
        await early.result().catch(() => undefined);
      },
    ],
  ])('its id that was taken beforehand by %s is taken back', async (_, take) => {
    const of = proposal({
      environment: 'production',
      target: 'catalog',
      agent: { id: 'cache-agent', version: '7.0.0' },
    });
    const workflowId = reviewWorkflowId(actionIdOf(of));
    await take(workflowId);
    const action = await world().countersign.propose({ ...of, declaredTier: 2 });
    await world().until(action, 'waiting');
    await world().skip(action, 5 * MINUTE);
    expect((await action.result()).outcome.kind).toBe('succeeded');
    expect(await world().countersign.review(actionIdOf(of))).toMatchObject({ actionId: actionIdOf(of) });
  });
});
