import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDashboard } from '../../src/adapters/postgres/dashboard.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { createReadModel } from '../../src/adapters/postgres/read-model.ts';
import type { ReadModel } from '../../src/gateway/ports/read-model.ts';
import { closedBody, ruledBody } from '../support/ledger-bodies.ts';
import { afterwards, approve, deny, quorum, waiting } from './listed-facts.ts';
import { createStore, fact, type Store, tamper } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;
let lists: ReadModel;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  lists = createReadModel(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const waits = (...asked: Parameters<typeof waiting>) => ledger.append(waiting(...asked));
const later = (...told: Parameters<typeof afterwards>) => ledger.append(afterwards(...told));

describe('the dashboard', () => {
  const DAY = 86_400_000;
  const NOW = 100 * DAY + 3_600_000;

  test('counts what waits, and whose reviews are overdue', async () => {
    const review = { withinMs: 1_000, requirement: quorum('owners', 'eve') };
    await waits('waits', NOW - 60_000, 120_000);
    await ledger.append(fact('ran', { at: NOW - 5_000, body: ruledBody({ ruling: { review } }) }));
    await later('ran', 'closed', NOW - 4_000, { ...closedBody('succeeded', { receipt: {} }), review });
    expect(await lists.dashboard(NOW)).toMatchObject({ at: NOW, pending: 1, overdue: 1, denialRate: 0 });
  });

  test('advises by what ended, and looks at it again after a minute', async () => {
    const dashboard = createDashboard((await store.open()).pool);
    const adviceAfter = async (ms: number) => (await dashboard(NOW + ms)).advice;
    expect(await adviceAfter(0)).toEqual([]);
    for (const n of [1, 2, 3, 4, 5]) {
      const ruling = { kind: 'permit', mode: 'executeWithApproval', requirement: quorum('team', 'ada') };
      await ledger.append(fact(`a-${n}`, { at: NOW - 10_000, body: ruledBody({ ruling }) }));
      const votes = [approve('ada', NOW - 9_000)];
      const body = closedBody('succeeded', { settlement: { kind: 'approved' }, votes });
      await later(`a-${n}`, 'closed', NOW - 1_000, body);
    }
    expect(await adviceAfter(59_999)).toEqual([]);
    expect(await adviceAfter(60_000)).toMatchObject([{ kind: 'askLess', asked: 5, unseen: 5 }]);
  });

  test('tells of each action type what its watch found, how fast, and what people reported', async () => {
    const life = async (
      id: string,
      outcome: string,
      verdict: string | undefined,
      { tookMs = 0, found = '' } = {},
    ) => {
      await ledger.append(fact(id, { at: NOW - 90_000, body: ruledBody() }));
      await later(id, 'admitted', NOW - 80_000, {});
      if (tookMs > 0) await later(id, 'verdict', NOW - 80_000 + tookMs, {});
      const record = verdict === undefined ? {} : { verdict: { kind: verdict, reason: 'r' } };
      await later(id, 'closed', NOW - 10_000, closedBody(outcome, record));
      if (found !== '') await later(id, 'reported', NOW - 5_000, { person: 'ada', found, reason: 'r' });
    };
    await life('a', 'succeeded', 'healthy');
    await life('b', 'succeeded', 'healthy', { found: 'regressed' });
    await life('c', 'rolledBack', 'regressed', { tookMs: 4_000 });
    await life('d', 'rolledBack', 'regressed', { tookMs: 30_000 });
    await life('e', 'rolledBack', 'regressed', { tookMs: 9_000 });
    await life('f', 'rolledBack', 'regressed', { tookMs: 1_000, found: 'rollbackWrong' });
    await life('g', 'succeeded', undefined);
    await life('h', 'deniedByPerson', undefined);
    expect((await lists.dashboard(NOW)).watches).toEqual([
      {
        actionType: 'cache.flush',
        watched: 6,
        found: 3,
        medianDetectionMs: 9_000,
        falseRollbacks: 1,
        missed: 1,
      },
    ]);
    expect((await lists.dashboard(NOW + 60 * DAY)).watches).toEqual([]);
  });

  test('tells how long approvals took, by tier and by group, and how many were denied', async () => {
    for (const [n, took] of [100, 200, 300, 400].entries()) {
      const votes = [approve('ada', NOW - 10_000 + took)];
      await waits(`a-${n}`, NOW - 10_000, 9_000);
      await later(
        `a-${n}`,
        'closed',
        NOW - 1_000,
        closedBody('succeeded', { settlement: { kind: 'approved' }, votes }),
      );
    }
    await waits('denied', NOW - 10_000, 9_000);
    await later(
      'denied',
      'closed',
      NOW - 1_000,
      closedBody('deniedByPerson', {
        settlement: { kind: 'denied' },
        votes: [deny('bo', NOW - 9_000, 'no')],
      }),
    );
    const { timeToApprove, denialRate, load } = await lists.dashboard(NOW);
    expect(denialRate).toBe(0.2);
    expect(timeToApprove.byTier).toEqual([{ of: 'tier 3', count: 4, p50: 250, p95: 385 }]);
    expect(timeToApprove.byGroup).toEqual([{ of: 'team', count: 4, p50: 250, p95: 385 }]);
    expect(load).toEqual([
      { person: 'ada', pending: 0, decided: 4 },
      { person: 'bo', pending: 0, decided: 1 },
    ]);
  });

  test('has every one of 28 days, and what happened on each', async () => {
    await waits('silent', NOW - 3 * DAY, 1_000);
    await later(
      'silent',
      'closed',
      NOW - 2 * DAY,
      closedBody('rolledBack', { settlement: { kind: 'proceed' } }),
    );
    await waits('forbidden', NOW, 1_000);
    await later('forbidden', 'closed', NOW, closedBody('deniedByPolicy'));
    await waits('old', NOW - 30 * DAY, 1_000);
    const { days } = await lists.dashboard(NOW);
    expect(days).toHaveLength(28);
    expect(days.filter(({ day: _, ...counts }) => Object.values(counts).some((count) => count > 0))).toEqual([
      { day: '1970-04-08', proposed: 1, denied: 0, autoProceeded: 0, policyDenied: 0, rolledBack: 0 },
      { day: '1970-04-09', proposed: 0, denied: 0, autoProceeded: 1, policyDenied: 0, rolledBack: 1 },
      { day: '1970-04-11', proposed: 1, denied: 0, autoProceeded: 0, policyDenied: 1, rolledBack: 0 },
    ]);
  });

  test('tells the level of each agent’s newest build', async () => {
    const key = (version: string) => ({
      agent: { id: 'cache-agent', version },
      actionType: 'cache.flush',
      serviceTier: 3,
    });
    const standing = (n: number, kind: 'enrolled' | 'granted', body: object) =>
      ledger.append(fact('standing/cache-agent', { eventId: `s-${n}`, kind, at: n, body }));
    await standing(1, 'enrolled', { key: key('1'), level: 1 });
    await standing(2, 'granted', { key: key('1'), level: 3, by: 'ada', reason: 'good', orderId: 'o' });
    await standing(3, 'enrolled', { key: key('2'), level: 2 });
    expect((await lists.dashboard(NOW)).standing).toEqual([
      { agent: 'cache-agent', actionType: 'cache.flush', level: 2 },
    ]);
  });

  test('goes on past what cannot be read, which takes the levels of the agent that it is about', async () => {
    const key = (id: string) => ({ agent: { id, version: '1' }, actionType: 'cache.flush', serviceTier: 3 });
    for (const id of ['cache-agent', 'deploy-agent', 'scaler-agent']) {
      const body = { key: key(id), level: 2 };
      await ledger.append(fact(`standing/${id}`, { kind: 'enrolled', at: 1, body }));
    }
    await ledger.append(fact('standing/cache-agent', { eventId: 'x', kind: 'demoted', at: 2, body: 'odd' }));
    await ledger.append(fact('standing/deploy-agent', { eventId: 'y', kind: 'closed', at: 2, body: {} }));
    const levels = [
      { agent: 'cache-agent', actionType: 'cache.flush', level: 0 },
      { agent: 'deploy-agent', actionType: 'cache.flush', level: 0 },
      { agent: 'scaler-agent', actionType: 'cache.flush', level: 2 },
    ];
    expect((await lists.dashboard(NOW)).standing).toEqual(levels);
    await tamper(store.url, `update countersign_ledger set entry = '' where seq in (3, 4)`);
    // Of the last nothing is left that could be shown.
    expect((await lists.dashboard(NOW)).standing).toEqual(levels.slice(0, 2));
  });
});
