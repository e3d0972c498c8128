import { expect, test, vi } from 'vitest';
import type { Proposal } from '../../src/domain/action/action.ts';
import type { Level } from '../../src/domain/action/autonomy-level.ts';
import { whatLowered } from '../../src/domain/autonomy/effective-level.ts';
import { testInstallation } from '../support/installation.ts';
import { aGrant, orders } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { aKey } from '../support/standing.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const { agents } = testInstallation().installation;
const BEGINNING: Readonly<Record<string, Level>> = {
  'new-agent': 1,
  'mute-agent': 0,
  'trusted-agent': 3,
  'doubted-agent': 3,
};

/** Agents of each kind, so that each test has one of its own. */
const world = useWorld({
  installation: () => ({
    agents: {
      ...agents,
      ...Object.fromEntries(
        Object.entries(BEGINNING).flatMap(([kind, level]) =>
          Array.from({ length: 4 }, (_, n) => `${kind}-${n}`).map((id) => [
            id,
            { id, owner: 'user:radia', level },
          ]),
        ),
      ),
    },
  }),
});

const by = (id: string, version = '1.0.0', changes: Partial<Proposal> = {}) =>
  proposal({ agent: { id, version }, ...changes });
const keyOf = (id: string, version = '1.0.0') => aKey({ id, version });
const rulingOf = async (proposed: Proposal) => (await world().countersign.proposeAndRule(proposed)).ruling;
const standingOf = (id: string) => world().countersign.standing(id);
const entriesOf = async (id: string) =>
  (await world().ledger.entriesOf(`standing/${id}`)).map(({ kind }) => kind);

/** Lets an action of this agent run and be taken back, as its metrics cannot be read. */
async function failedBy(id: string, version?: string) {
  await world().storefrontFaults({ metrics: 'nan', untilUndone: true });
  const action = await world().countersign.propose(by(id, version));
  const { outcome } = await action.result();
  await world().storefrontFaults({});
  expect(outcome.kind).toBe('rolledBack');
  return action;
}

test('an agent begins as the catalog says: its level is the floor under the tier', async () => {
  const { action, ruling } = await world().countersign.proposeAndRule(by('trusted-agent-0'));
  expect(ruling).toMatchObject({ tier: 1, authority: { level: 3 } });
  await action.result();
  expect(await rulingOf(by('new-agent-0'))).toMatchObject({
    tier: 3,
    mode: 'executeWithApproval',
    authority: { level: 1, held: { given: { kind: 'enrolled' } } },
  });
  expect(await rulingOf(by('mute-agent-0'))).toMatchObject({ tier: 4, mode: 'recommend' });
});

test('a signed grant raises what the next proposal may do', async () => {
  expect(await rulingOf(by('new-agent-1'))).toMatchObject({ tier: 3 });
  expect(await orders(world(), 'linus', aGrant(keyOf('new-agent-1'), 3))).toEqual({
    kind: 'granted',
    level: 3,
  });

  const { action, ruling } = await world().countersign.proposeAndRule(by('new-agent-1'));
  expect(ruling).toMatchObject({ tier: 1, authority: { level: 3, held: { given: { by: 'linus' } } } });
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(action)).toEqual(['flushCache']);
  const { whoApprovedTheAuthority } = await action.explanation();
  expect(whoApprovedTheAuthority.join()).toMatch(/linus granted new-agent-1 1\.0\.0 level 3.*a good month/);
});

test('a grant is for one version, one type of action and one tier of services alone', async () => {
  await orders(world(), 'linus', aGrant(keyOf('new-agent-2'), 3));
  const tierOf = async (proposed: Proposal) => (await rulingOf(proposed)).tier;
  const { action, ruling } = await world().countersign.proposeAndRule(by('new-agent-2'));
  expect(ruling.tier).toBe(1);
  await action.result();
  expect(await tierOf(by('new-agent-2', '1.0.1'))).toBe(2);
  expect(await tierOf(by('new-agent-2', '1.0.0', { target: 'cart' }))).toBe(3);
});

test('INVARIANT 9: an action that was taken back costs its agent a level at once, before the target is free', async () => {
  const failed = await failedBy('trusted-agent-1');
  expect(await rulingOf(by('trusted-agent-1'))).toMatchObject({
    tier: 2,
    mode: 'executeAfterWindow',
    authority: { level: 2, held: { lowered: [{ actionId: failed.actionId, because: 'rolledBack' }] } },
  });
  const written: string[] = [];
  for await (const { kind, actionId } of world().ledger.all())
    if (actionId === failed.actionId || actionId === 'standing/trusted-agent-1') written.push(kind);
  expect(written.filter((kind) => !kind.startsWith('measured')).slice(0, 8)).toEqual([
    'enrolled',
    'ruled',
    'admitted',
    'executed',
    'verdict',
    'takenBack',
    'demoted',
    'closed',
  ]);
});

test('INVARIANT 1: a demotion leaves to people what waits already, at admit', async () => {
  const waiting = await world().countersign.propose(by('trusted-agent-2', '1.0.0', { declaredTier: 2 }));
  await world().until(waiting, 'waiting');
  await failedBy('trusted-agent-2');
  const second = await world().countersign.propose(by('trusted-agent-2'));
  await world().until(second, 'waiting');
  await orders(world(), 'linus', aGrant(keyOf('trusted-agent-2'), 1));
  await world().skip(waiting, 5 * 60_000);
  await world().untilAskedAgain(waiting);
  expect((await waiting.state()).ruling).toMatchObject({
    tier: 3,
    reasons: expect.arrayContaining(['asked again: it was tier 2 and is tier 3 now']),
  });
  expect(await world().effectsOf(waiting)).toEqual([]);
});

test('a review that disagrees costs a level, and one that agrees does not', async () => {
  const review = async (verdict: 'approve' | 'deny') => {
    const action = await world().countersign.propose(by('trusted-agent-3'));
    expect((await action.result()).outcome.kind).toBe('succeeded');
    const { workflowId, runId, digest } = await world().countersign.review(action.actionId);
    const jws = await world().sign('linus', verdict, action, { workflowId, runId, digest });
    await world().countersign.decide(workflowId, jws);
    await world().client.workflow.getHandle(workflowId).result();
  };
  await review('approve');
  expect(await entriesOf('trusted-agent-3')).toEqual(['enrolled']);
  await review('deny');
  expect(await entriesOf('trusted-agent-3')).toEqual(['enrolled', 'demoted']);
  expect(await rulingOf(by('trusted-agent-3'))).toMatchObject({
    tier: 2,
    authority: { held: { lowered: [{ because: 'disagreed' }] } },
  });
  await vi.waitFor(async () => {
    const [report] = await standingOf('trusted-agent-3');
    expect(report).toMatchObject({ level: 2, evidence: { agreement: { cases: 0 }, success: { cases: 0 } } });
  }, PATIENCE);
});

test('a new version, model or prompt begins one level below the build before it', async () => {
  const build = (changes: object) => ({ agent: { id: 'cache-agent', version: '1.0.0', ...changes } });
  const levelOf = async (changes: object) => (await rulingOf(proposal(build(changes)))).authority?.level;
  expect(await levelOf({})).toBe(3);
  expect(await levelOf({ model: 'm-2' })).toBe(2);
  expect(await levelOf({ model: 'm-2', promptDigest: 'a'.repeat(64) })).toBe(1);
  expect(await levelOf({ version: '2.0.0' })).toBe(1);
  expect(await levelOf({})).toBe(3);
});

test('standing tells the level, who gave it, and the record, which the grant keeps', async () => {
  const agent = deploy('2.4.0').agent;
  const key = { agent, actionType: 'version.deploy', serviceTier: 1 } as const;
  const action = await world().countersign.propose(deploy('2.4.0'));
  await world().decide('grace', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
  const evidence = {
    agreement: expect.objectContaining({ good: 1, cases: 1 }),
    success: expect.objectContaining({ good: 1, cases: 1 }),
  };
  expect(await standingOf(agent.id)).toMatchObject([
    { key, level: 3, held: { lowered: [] }, evidence, promotion: { kind: 'none' } },
  ]);

  await orders(world(), 'linus', aGrant(key, 2));
  const grant = (await world().ledger.entriesOf(`standing/${agent.id}`)).at(-1);
  expect(grant).toMatchObject({
    kind: 'granted',
    body: { key, level: 2, by: 'linus', heldBefore: 3, evidence, jws: expect.stringContaining('.') },
  });
  expect((await world().countersign.standing()).map((report) => report.key.agent.id)).toContain(agent.id);
});

test('INVARIANT 10: one entry that cannot be read takes the level of its agent, and no other agent stops', async () => {
  expect(await rulingOf(by('doubted-agent-0'))).toMatchObject({ authority: { level: expect.any(Number) } });
  const { level: before = 0 } = (await rulingOf(by('doubted-agent-1'))).authority ?? {};
  await world().ledger.append({
    eventId: 'foreign',
    actionId: 'standing/doubted-agent-0',
    kind: 'closed',
    at: Date.now(),
    body: { outcome: { kind: 'succeeded' } },
  });
  const ruled = await rulingOf(by('doubted-agent-0'));
  expect(ruled).toMatchObject({
    tier: 4,
    authority: { level: 0, held: { lowered: [{ kind: 'unreadable' }] } },
  });
  expect(await rulingOf(by('doubted-agent-1'))).toMatchObject({ authority: { level: before } });
  const [report] = await standingOf('doubted-agent-0');
  expect(report && whatLowered(report).join()).toMatch(
    /^entry \d+ of the ledger, about its agent, cannot be read: it has level 0 until a person grants it another$/,
  );

  await orders(world(), 'linus', aGrant(keyOf('doubted-agent-0'), 2));
  expect(await rulingOf(by('doubted-agent-0'))).toMatchObject({ authority: { level: 2 } });
});
