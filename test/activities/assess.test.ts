import { describe, expect, test, vi } from 'vitest';
import { createCheck } from '../../src/activities/check.ts';
import type { Leases } from '../../src/activities/ports/leases.ts';
import type { Sources } from '../../src/activities/ports/metric-source.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createOpenMetrics } from '../../src/adapters/openmetrics.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { type Reading, STALE_AFTER_MS } from '../../src/domain/analysis/condition.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import type { PastAction } from '../../src/domain/ledger/past-action.ts';
import { exposing, OPENMETRICS } from '../adapters/exposing.ts';
import { actionTypeWith, aPastAction } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk } from './desk.ts';

const NOW = 1_800_000_000_000;

const { installation } = testInstallation({
  actionTypes: {
    'instances.scale': actionTypeWith({
      name: 'instances.scale',
      severity: { performance: 1, security: 0, dataAccess: 0, serviceDisruption: 0 },
      size: {
        parameter: 'count',
        current: { source: 'storefront', query: 'instances{service="${target}"}' },
        raise: [{ beyond: 0.5, performance: 3 }],
      },
    }),
    'cache.flush': actionTypeWith({ name: 'cache.flush' }),
  },
});
const asking: Installation = {
  ...installation,
  rules: {
    ...installation.rules,
    live: {
      errorBudgetLeft: { source: 'storefront', query: `left{service="\${target}"}` },
      incidents: { source: 'storefront', query: `open{service="\${target}"}` },
    },
  },
};
const scale = (count: number) =>
  proposal({ actionType: 'instances.scale', target: 'cart', params: { count } });

/** What stands behind the ports, and what it was asked. */
function world(
  reading: Reading = { kind: 'value', value: 4, sampledAt: NOW },
  past: readonly PastAction[] = [],
  running: Awaited<ReturnType<Leases['holders']>> = [],
  from = installation,
) {
  const read = vi.fn(async (_query: string) => reading);
  const similarTo = vi.fn(async () => [...past]);
  const holders = vi.fn(async (_targets: readonly string[]) => running);
  const assess = (input: Proposal, sources: Sources = { storefront: { read } }) => {
    const desk = aDesk(input, { installation: from, sources, now: () => NOW });
    desk.at = NOW;
    const pastActions = { ...desk.deps.pastActions, similarTo };
    return createRule({ ...desk.deps, pastActions, leases: { ...desk.deps.leases, holders } }).rule({
      proposal: input,
    });
  };
  const { check } = createCheck({ ...aDesk(proposal()).deps, installation: from });
  return { check, assess, read, similarTo, holders };
}

type Assess = ReturnType<typeof world>['assess'];

async function impactOf(assess: Assess, ...input: Parameters<Assess>) {
  const assessment = await assess(...input);
  if (assessment.kind !== 'ruled') throw new Error(JSON.stringify(assessment));
  return assessment.impact;
}

describe('an assessment', () => {
  test('asks the metric source for the current value of the target, and measures the size by it', async () => {
    const { assess, read } = world();
    expect(await impactOf(assess, scale(5))).toMatchObject({
      size: { kind: 'measured', from: 4, to: 5 },
      severity: { performance: 1 },
    });
    expect((await impactOf(assess, scale(9))).severity.performance).toBe(3);
    expect(read.mock.calls).toEqual([['instances{service="cart"}'], ['instances{service="cart"}']]);
  });

  test.each<[string, Reading, string]>([
    ['no value', { kind: 'none', reason: 'no sample is there' }, 'no sample is there'],
    [
      'a stale one',
      { kind: 'value', value: 4, sampledAt: NOW - STALE_AFTER_MS - 1 },
      'the sample is 130 s old',
    ],
    ['one that is no number', { kind: 'value', value: Number.NaN, sampledAt: NOW }, 'the value is NaN'],
  ])('INVARIANT 7: %s is unknown, and counts as the largest change', async (_, reading, why) => {
    expect(await impactOf(world(reading).assess, scale(4))).toMatchObject({
      size: { kind: 'unmeasured', reason: `the current count is not known: ${why}` },
      severity: { performance: 3 },
    });
  });

  test('INVARIANT 7: so is a source that is not configured', async () => {
    expect(await impactOf(world().assess, scale(4), {})).toMatchObject({
      size: { kind: 'unmeasured' },
      severity: { performance: 3 },
    });
  });

  test('asks which incidents are open where some are, and reads them from a real page of metrics', async () => {
    const lines = [
      'open{service="catalog"} 1',
      'open{service="cart"} 0',
      `started{service="catalog",id="4711",title="Old prices",kind="stale-cache"} ${(NOW - 240_000) / 1_000}`,
      '# EOF',
    ];
    const { url, requests } = await exposing(OPENMETRICS, `${lines.join('\n')}\n`);
    const { incidents } = asking.rules.live ?? {};
    const live = {
      incidents,
      incidentList: { source: 'storefront', query: `started{service="\${target}"}` },
    };
    const from = { ...asking, rules: { ...asking.rules, live } };
    const { assess } = world(undefined, [], [], from);
    const impact = await impactOf(assess, proposal(), { storefront: createOpenMetrics({ url }) });
    expect(impact.live.incidents).toEqual([
      {
        service: 'catalog',
        open: { kind: 'known', value: 1 },
        named: [{ id: '4711', title: 'Old prices', kind: 'stale-cache', startedAt: NOW - 240_000 }],
      },
    ]);
    expect(requests).toHaveLength(3);
  });

  test('INVARIANT 7: incidents that a source cannot name are open all the same', async () => {
    const reading = { kind: 'value', value: 1, sampledAt: NOW } as const;
    const live = { ...asking.rules.live, incidentList: { source: 'storefront', query: 'started' } };
    const from = { ...asking, rules: { ...asking.rules, live } };
    const { live: found } = await impactOf(world(reading, [], [], from).assess, proposal());
    expect(found.incidents?.[0]).toEqual({
      service: 'catalog',
      open: { kind: 'known', value: 1 },
      unnamed: 'the metric source storefront gives no list',
    });
  });

  test('asks the ledger for actions of its type, and counts them', async () => {
    const { assess, similarTo, read } = world(undefined, [aPastAction({ target: 'catalog' })]);
    expect((await impactOf(assess, proposal())).similar.count).toBe(1);
    expect(similarTo.mock.calls).toEqual([
      [{ actionType: 'cache.flush', target: 'catalog', serviceTier: 3 }, 200],
    ]);
    expect(read).not.toHaveBeenCalled();
  });

  test('asks the metrics how the target and those beside it are, and the leases what runs there', async () => {
    const reading = { kind: 'value', value: 0, sampledAt: NOW } as const;
    const running = [{ actionId: 'a.1', target: 'production/cart' }];
    const { assess, read, holders } = world(reading, [], running, asking);
    const { live } = await impactOf(assess, proposal());
    expect(live).toMatchObject({
      at: NOW,
      errorBudgetLeft: { kind: 'known', value: 0 },
      incidents: [],
      running: [{ actionId: 'a.1', service: 'cart' }],
    });
    expect(read.mock.calls).toEqual([
      ['left{service="catalog"}'],
      ['open{service="catalog"}'],
      ['open{service="cart"}'],
    ]);
    expect(holders.mock.calls).toEqual([[['production/catalog', 'production/cart']]]);
  });

  test.each<[string, Reading]>([
    ['cannot be reached', { kind: 'none', reason: 'nobody answers' }],
    ['says what was', { kind: 'value', value: 1, sampledAt: NOW - STALE_AFTER_MS - 1 }],
  ])('INVARIANT 7: with a metric source that %s it is no safer than with bad news', async (_, reading) => {
    const spent = world({ kind: 'value', value: 0, sampledAt: NOW }, [], [], asking);
    const lost = await impactOf(world(reading, [], [], asking).assess, proposal());
    expect(lost.live.errorBudgetLeft).toMatchObject({ kind: 'unknown' });
    expect(lost.riskScore).toBeGreaterThan((await impactOf(spent.assess, proposal())).riskScore);
  });

  test('fails, to be tried again, while it cannot be read what runs', async () => {
    const { assess, holders } = world();
    holders.mockRejectedValueOnce(new Error('the database is away'));
    await expect(assess(proposal())).rejects.toThrow('the database is away');
  });

  test('fails, to be tried again, while the ledger cannot be read', async () => {
    const { assess, similarTo } = world();
    similarTo.mockRejectedValueOnce(new Error('the database is away'));
    await expect(assess(proposal())).rejects.toThrow('the database is away');
  });
});

describe('a check', () => {
  test('finds a proposal sound', async () => {
    expect(await world().check(scale(5))).toEqual({ kind: 'sound' });
  });

  test.each([
    ['is no proposal', { actionType: 'cache.flush' }],
    ['names what nobody knows', proposal({ target: 'nowhere' })],
  ])('names the faults of what %s, as a ruling does', async (_, input) => {
    const { check, read, similarTo } = world();
    const checked = await check(input);
    expect(checked).toMatchObject({ kind: 'refused' });
    const desk = aDesk(proposal(), { installation });
    expect(await createRule(desk.deps).rule({ proposal: input })).toEqual(checked);
    expect(read).not.toHaveBeenCalled();
    expect(similarTo).not.toHaveBeenCalled();
  });

  test('tells what is not known together with what is not written', async () => {
    const { evidence: _, ...mute } = scale(5);
    const checked = await world().check({ ...mute, target: 'nowhere', agent: { id: 'nobody' } });
    expect(checked).toMatchObject({
      kind: 'refused',
      faults: [
        { where: 'agent.version', problem: 'is missing' },
        { where: 'evidence', problem: 'is missing' },
        { where: 'target', problem: expect.stringMatching(/^"nowhere" is not known here/) },
        { where: 'agent.id', problem: expect.stringMatching(/^"nobody" is not known here/) },
      ],
    });
  });

  test('says of a name that is none only that', async () => {
    const checked = await world().check({ ...scale(5), target: '../cart' });
    expect(checked.kind === 'refused' && checked.faults.map(({ where }) => where)).toEqual(['target']);
  });

  test('asks neither the ledger nor the metrics', async () => {
    const { check, read, similarTo } = world();
    await check(scale(5));
    expect(read).not.toHaveBeenCalled();
    expect(similarTo).not.toHaveBeenCalled();
  });
});
