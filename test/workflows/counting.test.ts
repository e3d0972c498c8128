import { expect, test } from 'vitest';
import type { ActionHandle } from '../../src/client/index.ts';
import { newKey, testInstallation } from '../support/installation.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const { rules, people, groups } = testInstallation().installation;
const CROWD = Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`approver-${n}`, newKey()]));

/** Two must approve a deploy, and many more could. A cache flush takes one. */
const world = useWorld({
  installation: () => ({
    rules: {
      ...rules,
      approval: { ...rules.approval, approval: { ...rules.approval.approval, atLeast: 2 } },
    },
    people: {
      ...people,
      ...Object.fromEntries(
        Object.entries(CROWD).map(([name, { x }]) => [
          name,
          { name, displayName: name, email: `${name}@storefront.example`, keys: [x] },
        ]),
      ),
    },
    groups: { ...groups, 'sre-on-call': ['linus', 'margaret', ...Object.keys(CROWD)] },
  }),
});

const ONE_MORE = { missing: 1, needed: '1 of checkout-team or sre-on-call' };

const asked = () => world().asked(deploy('2.4.0'));
const decide = (action: ActionHandle, jws: string) => world().countersign.decide(action.workflowId, jws);
const admissions = async (action: ActionHandle) =>
  (await world().ledgerOf(action)).filter((kind) => kind === 'admitted');

/** What each of the crowd says, signed. */
const signedByAll = (action: ActionHandle, verdictOf: (n: number) => 'approve' | 'deny') =>
  Promise.all(
    Object.entries(CROWD).map(([person, key], n) => world().sign(person, verdictOf(n), action, {}, key)),
  );

test('INVARIANT 4: one person who approves twice is one, and two people are two', async () => {
  const action = await asked();
  expect(await decide(action, await world().sign('grace', 'approve', action))).toEqual(ONE_MORE);
  const again = await world().sign('grace', 'approve', action, { reason: 'once more' });
  await expect(decide(action, again)).rejects.toMatchObject({ refusal: 'unchanged' });
  expect((await action.state()).status).toBe('waiting');
  expect(await world().effectsOf(action)).toEqual([]);

  expect(await decide(action, await world().sign('linus', 'approve', action))).toEqual({ missing: 0 });
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect((await action.state()).settlement).toEqual({ kind: 'approved', by: ['grace', 'linus'] });
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
});

test('INVARIANT 4: the same approval handed in 50 times at once is one vote', async () => {
  const action = await asked();
  const jws = await world().sign('grace', 'approve', action);
  const answers = await Promise.all(Array.from({ length: 50 }, () => decide(action, jws)));
  expect(answers).toEqual(Array(50).fill(ONE_MORE));
  const { votes, status } = await action.state();
  expect(votes.map((vote) => vote.jws)).toEqual([jws]);
  expect(status).toBe('waiting');
  expect(await world().effectsOf(action)).toEqual([]);
});

test('INVARIANT 4: 50 approvals that one person signed at once are one vote', async () => {
  const action = await asked();
  const signed = await Promise.all(
    Array.from({ length: 50 }, (_, n) => world().sign('grace', 'approve', action, { reason: `number ${n}` })),
  );
  const answers = await Promise.allSettled(signed.map((jws) => decide(action, jws)));
  // On a busy machine some are only kept before a worker answers.
  const counted = answers.filter(
    (answer) => answer.status === 'fulfilled' && answer.value.missing !== undefined,
  );
  expect(counted.length).toBeLessThanOrEqual(1);
  for (const answer of answers)
    if (answer.status === 'rejected') expect(answer.reason).toMatchObject({ refusal: 'unchanged' });
  expect((await action.state()).votes).toHaveLength(1);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('INVARIANT 4: of 50 people who approve at once the first that suffice bind, and it runs once', async () => {
  const action = await asked();
  const signed = await signedByAll(action, () => 'approve');
  const answers = await Promise.allSettled(signed.map((jws) => decide(action, jws)));
  const late = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  for (const reason of late) expect(reason).toMatchObject({ name: 'DecisionRefused', refusal: 'notOpen' });
  expect((await action.result()).outcome.kind).toBe('succeeded');
  expect((await action.state()).votes).toSatisfy((votes: unknown[]) => votes.length >= 2);
  expect(await admissions(action)).toEqual(['admitted']);
  expect(await world().effectsOf(action)).toEqual(['setVersion']);
});

test('INVARIANT 4: when 50 people approve and deny at once there is one outcome, and the effects agree', async () => {
  const action = await asked();
  const signed = await signedByAll(action, (n) => (n % 2 === 0 ? 'approve' : 'deny'));
  await Promise.allSettled(signed.map((jws) => decide(action, jws)));
  const { outcome } = await action.result();
  const { settlement, votes } = await action.state();
  const ran = outcome.kind === 'succeeded';
  expect(outcome.kind).toBe(ran ? 'succeeded' : 'deniedByPerson');
  expect(settlement?.kind).toBe(ran ? 'approved' : 'denied');
  expect(votes.every(({ verdict }) => verdict === 'approve')).toBe(ran);
  expect(await admissions(action)).toEqual(ran ? ['admitted'] : []);
  expect(await world().effectsOf(action)).toEqual(ran ? ['setVersion'] : []);
});

test.each([
  ['approve', 'deny'],
  ['deny', 'approve'],
] as const)('INVARIANT 4: deny wins when a worker sees %s and %s at once', async (...verdicts) => {
  const action = await world().asked(proposal({ target: 'cart' }));
  const [one, other] = verdicts;
  const signed = [await world().sign('barbara', one, action), await world().sign('linus', other, action)];
  await world().withoutWorker(async () => {
    for (const jws of signed) await world().signal(action, { jws });
  });
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  expect((await action.state()).votes).toHaveLength(2);
  expect(await admissions(action)).toEqual([]);
  expect(await world().effectsOf(action)).toEqual([]);
});

test.each([
  ['approve', 'deny'],
  ['deny', 'approve'],
] as const)('INVARIANT 4: a person who signs %s and %s has denied', async (...verdicts) => {
  const action = await asked();
  const signed = await Promise.all(verdicts.map((verdict) => world().sign('grace', verdict, action)));
  await world().withoutWorker(async () => {
    for (const jws of signed) await world().signal(action, { jws });
  });
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  expect((await action.state()).votes.map(({ verdict }) => verdict)).toEqual(['deny']);
  expect(await world().effectsOf(action)).toEqual([]);
});

test('the first decision that settles it binds: a denial after it is refused', async () => {
  const action = await asked();
  await decide(action, await world().sign('grace', 'approve', action));
  await decide(action, await world().sign('linus', 'approve', action));
  const denial = decide(action, await world().sign('margaret', 'deny', action));
  await expect(denial).rejects.toMatchObject({ name: 'DecisionRefused', refusal: 'notOpen' });
  expect((await action.result()).outcome.kind).toBe('succeeded');
});
