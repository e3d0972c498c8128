import { expect, test } from 'vitest';
import { endOf } from '../support/agreement.ts';
import { testInstallation } from '../support/installation.ts';
import { aGrant, orders } from '../support/orders.ts';
import { deploy, proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const MINUTE = 60_000;

const { rules } = testInstallation().installation;

/** A permission to run is good for a quarter of an hour. */
const world = useWorld({
  installation: () => ({
    rules: {
      ...rules,
      limits: [
        { kind: 'rate', per: ['service'], atMost: 1, withinMs: 10 * MINUTE },
        { kind: 'rate', per: ['agent'], atMost: 2, withinMs: 25 * MINUTE },
      ],
    },
  }),
});

test('what is over a limit waits while its permission is good, is denied where that is too short, and people overrule it', async () => {
  const { countersign } = world();
  const first = await countersign.propose(proposal());
  expect((await first.result()).outcome.kind).toBe('succeeded');

  const second = await countersign.propose(proposal());
  await world().until(second, 'admitting');
  expect(await world().effectsOf(second)).toEqual([]);
  await world().skip(second, 10 * MINUTE);
  expect((await second.result()).outcome.kind).toBe('succeeded');

  const third = await countersign.propose(proposal());
  expect((await third.result()).outcome).toEqual({
    kind: 'deniedByPolicy',
    reason:
      'at most 2 actions may run within 25m per agent; used by cache-agent: 2; the permission to run runs out before that changes',
  });
  expect(await world().ledgerOf(third)).toEqual(['ruled', 'refusedAtAdmit', 'closed']);
  const [fallen] = await countersign.standing('cache-agent');
  expect(fallen).toMatchObject({
    level: 2,
    held: {
      lowered: [{ actionId: third.actionId, because: 'anomaly', reason: expect.stringMatching(/per agent/) }],
    },
  });

  const approved = await countersign.propose(proposal({ target: 'cart' }));
  await world().decide('barbara', 'approve', approved);
  expect(await endOf(world(), approved)).toMatchObject({ kind: 'succeeded' });
});

test('what people must approve anyway is not limited', async () => {
  for (const version of ['2.4.0', '2.3.1', '2.4.0']) {
    const action = await world().countersign.propose(deploy(version));
    await world().decide('grace', 'approve', action);
    expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  }
});

test('a budget sums the risk that actions were ruled to have', async () => {
  const { digests: _, ...known } = world().installation;
  const flush = () =>
    world().countersign.propose(proposal({ agent: { id: 'deploy-agent', version: '2.0.1' } }));
  const withBudget = async (risk: number) => {
    const limits = [{ kind: 'budget', per: ['agent', 'service'], risk, withinMs: 60 * MINUTE }] as const;
    const { installation } = testInstallation({ ...known, rules: { ...rules, limits } });
    await world().stopWorker();
    await world().startWorker({ installation });
  };
  await withBudget(100);
  const first = await flush();
  expect((await first.result()).outcome.kind).toBe('succeeded');
  const risk = (await first.state()).impact?.riskScore ?? 0;
  expect(risk).toBeGreaterThan(0);

  await withBudget(2 * risk - 1);
  const tooMuch = await flush();
  expect((await tooMuch.result()).outcome).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringContaining(
      `at most a risk of ${2 * risk - 1} may run within 1h per agent and service; used by deploy-agent, catalog in production: ${risk}, and this one has ${risk};`,
    ),
  });
  // It was denied for its own doing, which cost it a level: it has it back before it is asked again.
  const { agent, actionType } = proposal({ agent: { id: 'deploy-agent', version: '2.0.1' } });
  await orders(world(), 'linus', aGrant({ agent, actionType, serviceTier: 3 }, 3));
  await withBudget(2 * risk);
  expect((await (await flush()).result()).outcome.kind).toBe('succeeded');
});
