import { expect, test, vi } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import type { Category, Severity } from '../../src/domain/action/action.ts';
import { testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { PATIENCE, useWorld } from '../support/world.ts';

const MINUTE = 60_000;
const { rules, actionTypes, groups } = testInstallation().installation;

function severe(type: string, name: string, severity: Partial<Record<Category, Severity>>) {
  const given = actionTypes[type];
  if (!given) throw new Error(`there is no ${type}`);
  return { [name]: { ...given, name, severity: { ...given.severity, ...severity } } };
}

/**
 * A deploy needs security as well; dropping a cache needs security or two of checkout-team as well; nobody could approve
 * that it is purged. linus is on call and in security. A review needs owners and security.
 */
const world = useWorld({
  installation: () => ({
    groups: { ...groups, security: ['barbara', 'linus'] },
    actionTypes: {
      ...actionTypes,
      ...severe('version.deploy', 'version.deploy', { security: 3 }),
      ...severe('cache.flush', 'cache.drop', { dataAccess: 3 }),
      ...severe('cache.flush', 'cache.purge', { performance: 4 }),
    },
    rules: {
      ...rules,
      approvals: [
        { when: { category: 'security', atLeast: 2 }, require: { atLeast: 1, of: ['group:security'] } },
        {
          when: { category: 'dataAccess', atLeast: 3 },
          require: {
            anyOf: [
              { atLeast: 1, of: ['group:security'] },
              { atLeast: 2, of: ['group:checkout-team'] },
            ],
          },
        },
        { when: { category: 'performance', atLeast: 4 }, require: { atLeast: 1, of: ['group:nobody'] } },
      ],
      review: {
        ...rules.review,
        approval: {
          allOf: [
            { atLeast: 1, of: ['owners'] },
            { atLeast: 1, of: ['group:security'] },
          ],
        },
      },
    },
  }),
});

async function waiting(proposed = deploy('2.4.0')): Promise<ActionHandle> {
  const action = await world().countersign.propose(proposed);
  await world().until(action, 'waiting');
  return action;
}
const drop = () => waiting(proposal({ actionType: 'cache.drop' }));

const decide = async (person: string, verdict: 'approve' | 'deny', action: ActionHandle) =>
  world().countersign.decide(action.workflowId, await world().sign(person, verdict, action));

test('INVARIANT 1: a tier-3 action that two groups must approve runs only when both signed', async () => {
  const action = await waiting();
  expect(await decide('grace', 'approve', action)).toEqual({ missing: 1, needed: '1 of security' });
  expect((await action.state()).status).toBe('waiting');
  await vi.waitFor(async () => expect(await world().ledgerOf(action)).toEqual(['ruled', 'voted']), PATIENCE);
  expect(await world().effectsOf(action)).toEqual([]);

  expect(await decide('barbara', 'approve', action)).toEqual({ missing: 0 });
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect((await action.state()).settlement).toEqual({ kind: 'approved', by: ['grace', 'barbara'] });
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
  const { whatLimitedIt, howTheDecisionWasReached } = await action.explanation();
  expect(whatLimitedIt).toContain(
    '1 of checkout-team or sre-on-call, and 1 of security had to approve: grace, linus, margaret, barbara.',
  );
  expect(howTheDecisionWasReached).toContain('it is security 4 of 4, so 1 of security must approve it.');
});

test('INVARIANT 4: one person who is in both groups does not approve for both', async () => {
  const action = await waiting();
  const needed = '1 of checkout-team or sre-on-call or security';
  expect(await decide('linus', 'approve', action)).toEqual({ missing: 1, needed });
  await expect(decide('linus', 'approve', action)).rejects.toMatchObject({ refusal: 'unchanged' });
  expect((await action.state()).status).toBe('waiting');
  expect(await world().effectsOf(action)).toEqual([]);

  expect(await decide('margaret', 'approve', action)).toEqual({ missing: 0 });
  expect((await action.result()).outcome.kind).toBe('succeeded');
});

test('INVARIANT 4: a denial from either group wins over the approval of the other', async () => {
  const action = await waiting();
  await decide('grace', 'approve', action);
  await decide('barbara', 'deny', action);
  const { outcome } = await action.result();
  expect(outcome).toEqual({ kind: 'deniedByPerson', reason: 'barbara denied it: deny by barbara' });
  expect(await world().effectsOf(action)).toEqual([]);
});

test('whoever is in no group that must approve is told which those are', async () => {
  const action = await waiting();
  await expect(decide('edsger', 'approve', action)).rejects.toMatchObject({
    refusal: 'notEntitled',
    message: 'edsger is not in checkout-team or sre-on-call or security',
  });
  await expect(decide('ada', 'approve', action)).rejects.toMatchObject({ refusal: 'requesterSide' });
  expect((await action.state()).votes).toEqual([]);
});

test('of groups that may approve in place of each other one is enough', async () => {
  const bySecurity = await drop();
  expect(await decide('edsger', 'approve', bySecurity)).toEqual({
    missing: 1,
    needed: '1 of security or 2 of checkout-team',
  });
  expect(await decide('barbara', 'approve', bySecurity)).toEqual({ missing: 0 });
  expect((await bySecurity.result()).outcome.kind).toBe('succeeded');

  const byTeam = await drop();
  await decide('edsger', 'approve', byTeam);
  expect(await decide('ada', 'approve', byTeam)).toEqual({
    missing: 1,
    needed: '1 of security or 1 of checkout-team',
  });
  expect(await decide('grace', 'approve', byTeam)).toEqual({ missing: 0 });
  expect((await byTeam.result()).outcome.kind).toBe('succeeded');
  expect(await world().effectsOf(byTeam)).toEqual(['flushCache']);
});

test('INVARIANT 1: what somebody must approve does not run in silence, whatever its tier was', async () => {
  const action = await drop();
  await decide('edsger', 'approve', action);
  await world().skip(action, 30 * MINUTE);
  expect((await action.result()).outcome).toEqual({
    kind: 'expired',
    reason: 'edsger approved it, and 1 of security or 2 of checkout-team was still needed at the deadline',
  });
  expect(await world().effectsOf(action)).toEqual([]);
});

test('each side is asked at once, and who is asked later hears what is still missing', async () => {
  const action = await waiting();
  const recipients = () =>
    world()
      .mailsOf(action)
      .flatMap(({ to }) => to);
  await vi.waitFor(() => expect(world().mailsOf(action)).toHaveLength(2), PATIENCE);
  expect(recipients().join()).toMatch(/barbara@/);
  expect(recipients().join()).toMatch(/grace@/);
  for (const { text } of world().mailsOf(action)) {
    expect(text).toContain('Needed          1 of checkout-team or sre-on-call, and 1 of security;');
    expect(text).not.toContain('Still needed');
  }

  await decide('grace', 'approve', action);
  await world().skip(action, 15.5 * MINUTE);
  await vi.waitFor(() => expect(world().pagesOf(action)).toEqual(['trigger']), PATIENCE);
  const page = world()
    .outbox.pages()
    .find(({ dedupKey }) => dedupKey === action.actionId);
  expect(JSON.stringify(page)).toContain('Still needed    1 of security');
  await decide('linus', 'approve', action);
  expect((await action.result()).outcome.kind).toBe('succeeded');
});

test('INVARIANT 1: what nobody could approve is denied as undeliverable, at once', async () => {
  const action = await world().countersign.propose(proposal({ actionType: 'cache.purge' }));
  expect((await action.result()).outcome).toEqual({
    kind: 'undeliverable',
    reason: expect.stringContaining('1 of nobody would be missing if all did who could'),
  });
  expect(world().mailsOf(action)).toEqual([]);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('a review that two groups make is done once both agree', async () => {
  const action = await world().countersign.propose(proposal());
  expect((await action.result()).outcome.kind).toBe('succeeded');
  const { workflowId, runId, digest } = await world().countersign.review(action.actionId);
  const agree = async (person: string) =>
    world().countersign.decide(
      workflowId,
      await world().sign(person, 'approve', action, { workflowId, runId, digest }),
    );
  expect(await agree('edsger')).toEqual({ missing: 1, needed: '1 of security' });
  expect((await world().countersign.review(action.actionId)).result).toBeUndefined();
  expect(await agree('barbara')).toEqual({ missing: 0 });
  await vi.waitFor(async () => {
    const { result } = await world().countersign.review(action.actionId);
    expect(result).toEqual({ kind: 'agreed', by: ['edsger', 'barbara'] });
  }, PATIENCE);
});
