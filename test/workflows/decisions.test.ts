import { randomUUID } from 'node:crypto';
import { expect, test, vi } from 'vitest';
import { signDecision } from '../../src/cli/signing.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import type { DecisionStatement } from '../../src/domain/approval/decision-statement.ts';
import type { Refusal } from '../../src/domain/approval/refusal.ts';
import { deploy } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const world = useWorld();

const asked = () => world().asked(deploy('2.4.0'));

const approval = (person: string, action: ActionHandle, changes: Partial<DecisionStatement> = {}) =>
  world().sign(person, 'approve', action, changes);

const decide = (action: ActionHandle, jws: string) => world().countersign.decide(action.workflowId, jws);

/** Puts other words under a signature. */
function withWords(jws: string, words: Partial<DecisionStatement>): string {
  const [header, payload = '', signature] = jws.split('.');
  const statement: object = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const other = Buffer.from(JSON.stringify({ ...statement, ...words })).toString('base64url');
  return [header, other, signature].join('.');
}

const withHeader = (jws: string, header: object) =>
  jws.replace(/^[^.]+/, Buffer.from(JSON.stringify(header)).toString('base64url'));

type Bent = readonly [what: string, refusal: Refusal, bend: (action: ActionHandle) => Promise<string>];

const MINUTE = 60_000;

const BENT: readonly Bent[] = [
  [
    'signed with the key of another person',
    'badSignature',
    (action) => world().sign('grace', 'approve', action, {}, 'radia'),
  ],
  [
    'with other words under the signature',
    'badSignature',
    async (action) => withWords(await world().sign('grace', 'deny', action), { verdict: 'approve' }),
  ],
  [
    'in the name of another approver',
    'badSignature',
    async (action) => withWords(await approval('grace', action), { person: 'linus' }),
  ],
  [
    'that names no algorithm',
    'badSignature',
    async (action) => withHeader(await approval('grace', action), { alg: 'none' }),
  ],
  ['of a person in no approving group', 'notEntitled', (action) => approval('radia', action)],
  [
    'of somebody whom nobody knows',
    'notEntitled',
    (action) => world().sign('mallory', 'approve', action, {}, 'grace'),
  ],
  ['of the owner of the agent that asks', 'requesterSide', (action) => approval('ada', action)],
  ['for another run', 'otherRun', (action) => approval('grace', action, { runId: randomUUID() })],
  [
    'for another action',
    'otherRun',
    (action) => approval('grace', action, { workflowId: 'action/deploy-agent.another' }),
  ],
  ['on another digest', 'otherDigest', (action) => approval('grace', action, { digest: '0'.repeat(64) })],
  [
    'from the future',
    'fromTheFuture',
    (action) => approval('grace', action, { decidedAt: Date.now() + 10 * MINUTE }),
  ],
  [
    'dated after the deadline',
    'tooLate',
    (action) => approval('grace', action, { decidedAt: Date.now() + 60 * MINUTE }),
  ],
];

test.each(BENT)(
  'INVARIANT 3: a decision %s is refused as %s and leaves no trace',
  async (_, refusal, bend) => {
    const action = await asked();
    const before = await world().historyOf(action);
    const refused = decide(action, await bend(action));
    await expect(refused).rejects.toMatchObject({ name: 'DecisionRefused', refusal });
    expect(await world().historyOf(action)).toEqual(before);
    expect((await action.state()).votes).toEqual([]);
    expect(await world().effectsOf(action)).toEqual([]);
  },
);

test('INVARIANT 3: the same as signals are recorded, and change nothing', async () => {
  const action = await asked();
  for (const [, , bend] of BENT) await world().signal(action, { jws: await bend(action) });
  await vi.waitFor(
    async () => expect((await action.state()).refusedDecisions).toHaveLength(BENT.length),
    PATIENCE,
  );
  const { status, votes, refusedDecisions } = await action.state();
  expect({ status, votes }).toEqual({ status: 'waiting', votes: [] });
  expect(refusedDecisions.map(({ person }) => person)).toEqual([
    'grace',
    'grace',
    'linus',
    'grace',
    'radia',
    'mallory',
    'ada',
    ...Array(5).fill('grace'),
  ]);
  expect(refusedDecisions[6]?.reason).toContain(
    'ada may not decide: platform-ai owns the agent deploy-agent',
  );
  expect(await world().effectsOf(action)).toEqual([]);
});

const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));

test('signals that are no decisions never stop an action, and it can still be approved', async () => {
  const action = await asked();
  const genuine = await approval('grace', action);
  const malformed: unknown[][] = [
    [],
    [undefined],
    [null],
    [5],
    [true],
    ['approve'],
    ['x'.repeat(1_000_000)],
    [[]],
    [nested(2_000)],
    [{ jws: 5 }],
    [{ jws: '' }],
    [{ jws: '..' }],
    [{ jws: 'x'.repeat(1_000_000) }],
    [{ jws: 'a.b.c' }],
    [{ jws: { jws: genuine } }],
    [{ jws: genuine, also: 'this' }],
    [{ jws: withWords(genuine, { reason: '\ud800' }) }],
    [genuine],
    [JSON.parse('{"__proto__": {"jws": "a.b.c"}}')],
    [new Uint8Array([0, 255])],
  ];
  for (const args of malformed) await world().signal(action, ...args);
  await vi.waitFor(
    async () => expect((await action.state()).refusedDecisions).toHaveLength(malformed.length),
    PATIENCE,
  );
  expect(await world().historyOf(action)).not.toContain('WORKFLOW_TASK_FAILED');
  expect((await action.state()).status).toBe('waiting');
  expect(await world().effectsOf(action)).toEqual([]);

  await decide(action, genuine);
  expect((await action.result()).outcome.kind).toBe('succeeded');
});

test('a flood of refused signals is kept only in part', async () => {
  const action = await asked();
  await Promise.all(Array.from({ length: 120 }, (_, n) => world().signal(action, n)));
  await world().decide('grace', 'approve', action);
  await action.result();
  expect((await action.state()).refusedDecisions).toHaveLength(50);
});

test('a decision before anything is asked is refused: nobody can sign what is not assessed yet', async () => {
  const { countersign, client } = world();
  const proposed = deploy('2.4.0');
  const early = await world().withoutWorker(async () => {
    const action = await countersign.propose(proposed);
    const { runId } = await client.workflow.getHandle(action.workflowId).describe();
    const jws = await signDecision(
      {
        installation: world().installation.name,
        workflowId: action.workflowId,
        runId,
        digest: 'a'.repeat(64),
        person: 'grace',
        verdict: 'approve',
        decidedAt: Date.now(),
        authentication: 'signing-key',
      },
      { person: 'grace', jwk: world().keyOf('grace').privateJwk },
    );
    await world().signal(action, { jws });
    const refused = expect(decide(action, jws)).rejects.toMatchObject({ refusal: 'notOpen' });
    return { action, jws, refused };
  });
  const { action, jws } = early;
  await early.refused;
  await world().until(action, 'waiting');
  const { votes, refusedDecisions } = await action.state();
  expect(votes).toEqual([]);
  expect(refusedDecisions.map(({ reason }) => reason)).toEqual(['nothing is waiting for a decision here']);
  expect(await world().historyOf(action)).not.toContain('WORKFLOW_TASK_FAILED');

  await expect(decide(action, jws)).rejects.toMatchObject({ refusal: 'otherDigest' });
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
});

test('a decision after it is settled is refused, while the action runs and once it is closed', async () => {
  const action = await asked();
  const denial = await world().sign('linus', 'deny', action);
  await world().decide('grace', 'approve', action);
  const notOpen = { name: 'DecisionRefused', refusal: 'notOpen' };
  await expect(decide(action, denial)).rejects.toMatchObject(notOpen);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  await expect(decide(action, denial)).rejects.toMatchObject(notOpen);
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
});

test('a decision on an action that nobody proposed is answered with that', async () => {
  const jws = await approval('grace', await asked());
  const nowhere = world().countersign.decide('action/deploy-agent.nowhere', jws);
  await expect(nowhere).rejects.toMatchObject({ name: 'ActionNotFound' });
});
