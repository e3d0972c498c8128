import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Ledger } from '../../src/activities/ports/ledger.ts';
import type { MetricSource } from '../../src/activities/ports/metric-source.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createMeasure, readBefore } from '../../src/activities/watch/measure.ts';
import { conditionFault, type Reading, STALE_AFTER_MS } from '../../src/domain/analysis/condition.ts';
import type { MetricSpec } from '../../src/domain/analysis/metrics.ts';
import type { Ticket } from '../../src/domain/record/sealed-ticket.ts';
import { sealed, unsealed } from '../../src/domain/shared/seal.ts';
import { aComparison } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, type Desk } from './desk.ts';

const NOW = 1_800_000_000_000;

const spec: MetricSpec = {
  name: 'errors',
  source: 'shop',
  query: 'errors',
  initialDelayMs: 0,
  intervalMs: 1_000,
  count: 1,
  failureCondition: 'result > baseline * 1.5',
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 0,
};

const value = (number: number, sampledAt = NOW): Reading => ({ kind: 'value', value: number, sampledAt });

/** Measures an action that runs, whose metric was so before. */
async function measured(read: Reading, baseline: Record<string, number>, changes: Partial<MetricSpec> = {}) {
  const asked = proposal();
  const { installation } = testInstallation();
  const flush = installation.actionTypes['cache.flush'];
  if (!flush) throw new Error('there is no cache.flush');
  const desk = aDesk(asked, {
    installation: {
      ...installation,
      actionTypes: { 'cache.flush': { ...flush, watch: { metrics: [{ ...spec, ...changes }] } } },
    },
    sources: { shop: { read: async () => read } },
  });
  desk.at = NOW;
  const { rule } = createRule(desk.deps);
  const found = await rule({ proposal: asked });
  if (found.kind !== 'ruled') throw new Error(JSON.stringify(found));
  const { id: actionId } = found.action;
  const { digest } = found.ruling;
  const body = { digest, settlement: null, votes: [], execute: found.action.execute, baseline };
  await desk.deps.ledger.append({
    eventId: `${actionId}/${desk.runId}/admitted`,
    actionId,
    kind: 'admitted',
    at: NOW,
    body,
  });
  return { desk, measure: createMeasure(desk.deps).measure };
}

/** What is known before, where the readings come in this order and the last one stays. */
async function beforeWith(...readings: Reading[]) {
  let asked = 0;
  const read = async () =>
    readings[Math.min(asked++, readings.length - 1)] ?? { kind: 'none' as const, reason: 'no' };
  const taken = readBefore({ sources: { shop: { read } }, now: () => NOW }, [spec]);
  await vi.runAllTimersAsync();
  return { ...(await taken), asked };
}

// A baseline that is missing is read again after a while.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }));
afterEach(() => void vi.useRealTimers());

describe('a baseline that is missing', () => {
  it.each<[string, Reading]>([
    ['empty', { kind: 'none', reason: 'the query gave no series' }],
    ['not a number', value(Number.NaN)],
    ['stale', value(2, NOW - STALE_AFTER_MS - 1)],
  ])('because the reading is %s is read once more before it counts as missing', async (_, first) => {
    expect(await beforeWith(first, value(3))).toMatchObject({
      baseline: { errors: 3 },
      measurements: [{ value: 3 }],
      asked: 2,
    });
  });

  it('twice is missing', async () => {
    expect(await beforeWith({ kind: 'none', reason: 'the query gave no series' })).toMatchObject({
      baseline: {},
      measurements: [{ phase: 'error', reason: 'the query gave no series' }],
      asked: 2,
    });
  });

  it('is not: it is read once', async () => {
    expect(await beforeWith(value(3))).toMatchObject({ asked: 1 });
  });

  it('does not make the check after the action more patient', async () => {
    const { measure } = await measured({ kind: 'none', reason: 'no' }, { errors: 1 });
    expect((await measure({ check: 0 })).measurements).toMatchObject([{ phase: 'error', reason: 'no' }]);
  });
});

describe('a baseline', () => {
  it.each([
    ['NaN', value(Number.NaN)],
    ['infinite', value(Number.POSITIVE_INFINITY)],
    ['stale', value(2, NOW - STALE_AFTER_MS - 1)],
    ['from the future', value(2, NOW + STALE_AFTER_MS + 1)],
  ])('that is %s is none, and what needs it is an error', async (_, read) => {
    const { baseline, measurements } = await beforeWith(read);
    expect(measurements).toMatchObject([{ phase: 'error' }]);
    // The ledger keeps it as JSON, where NaN is null.
    const kept = JSON.parse(JSON.stringify(baseline));
    expect(kept).toEqual({});
    const { measure } = await measured(value(9), kept);
    expect((await measure({ check: 0 })).measurements).toMatchObject([
      { phase: 'error', reason: 'its condition cannot be evaluated: there is no baseline' },
    ]);
  });
});

describe('a sample from the future', () => {
  it.each([
    [STALE_AFTER_MS, 'successful'],
    [STALE_AFTER_MS + 1, 'error'],
  ])('%d ms ahead is %s', async (ahead, phase) => {
    const { measure } = await measured(value(1, NOW + ahead), { errors: 1 });
    expect((await measure({ check: 0 })).measurements).toMatchObject([{ phase }]);
  });
});

describe('INVARIANT 13: a check is what is on record', () => {
  it('taken once: a second look does not replace the first', async () => {
    const { measure, desk } = await measured(value(9), { errors: 1 });
    const [first] = (await measure({ check: 0 })).measurements;
    expect(first).toMatchObject({ phase: 'failed', value: 9 });
    const better = createMeasure({ ...desk.deps, sources: { shop: { read: async () => value(1) } } });
    expect((await better.measure({ check: 0 })).measurements).toEqual([first]);
    expect(desk.kinds().filter((kind) => kind === 'measured')).toHaveLength(1);
  });

  it('none that the watch does not have, and none before it is due', async () => {
    const { measure, desk } = await measured(value(1), { errors: 1 });
    desk.at = NOW - 1;
    for (const check of [0, 1])
      await expect(measure({ check })).rejects.toMatchObject({ type: 'NotOnRecord' });
    desk.at = NOW;
    await measure({ check: 0 });
    await expect(measure({ check: 1 })).rejects.toMatchObject({ type: 'NotOnRecord' });
  });
});

describe('INVARIANT 13: a check after a rollback is what is on record', () => {
  const LATER = NOW + 600_000;

  /** Measures an action that was taken back, whose metric was 2 before it. */
  async function takenBack(read: Reading, changes: Partial<MetricSpec> = {}) {
    const { desk } = await measured(read, { errors: 2 }, changes);
    const actionId = desk.workflowId.slice('action/'.length);
    const body = { digest: '', kind: 'done', summary: 'undone' };
    const eventId = `${actionId}/${desk.runId}/takenBack/1`;
    await desk.deps.ledger.append({ eventId, actionId, kind: 'takenBack', at: LATER, body });
    // The first check is due an interval after the rollback.
    desk.at = LATER + spec.intervalMs;
    return { desk, actionId, measure: createMeasure(desk.deps).measure };
  }

  it('an entry of its own kind, judged with the baseline from before the action', async () => {
    const { desk, measure } = await takenBack(value(3.5, LATER));
    const { measurements } = await measure({ check: 0 });
    expect(measurements).toMatchObject([{ phase: 'failed', value: 3.5 }]);
    expect(desk.entries.at(-1)).toMatchObject({ kind: 'measuredBack', body: { check: 0, measurements } });
    expect(desk.kinds()).not.toContain('measured');
  });

  it('none before it is due, counted from the rollback', async () => {
    const { desk, measure } = await takenBack(value(2, LATER), { initialDelayMs: 10_000 });
    desk.at = LATER + 10_999;
    await expect(measure({ check: 0 })).rejects.toMatchObject({ type: 'NotOnRecord' });
    desk.at = LATER + 11_000;
    expect((await measure({ check: 0 })).measurements).toMatchObject([{ phase: 'successful' }]);
  });

  it('a comparison of the time after the rollback with the time before the action', async () => {
    const asked: number[] = [];
    const compare = aComparison({
      compared: { form: 'value', value: 'queue' },
      negligible: 0,
      lagMs: 0,
    });
    const { desk } = await takenBack(value(2), {
      query: undefined,
      failureCondition: undefined,
      count: 4,
      compare,
    });
    const shop: MetricSource = {
      read: async () => value(2),
      readPast: async (_, { until }) => {
        asked.push(until);
        return { kind: 'none', reason: 'nothing is kept here' };
      },
    };
    desk.at = LATER + 4_000;
    await createMeasure({ ...desk.deps, sources: { shop } }).measure({ check: 0 });
    expect(asked.toSorted((a, b) => a - b)).toEqual([NOW, LATER + 4_000]);
  });

  describe('INVARIANT 9: while the ledger is away', () => {
    const away: Ledger = {
      append: () => Promise.reject(new Error('the database is down')),
      entriesOf: () => Promise.reject(new Error('the database is down')),
    };
    const ticketOf = (desk: Desk, actionId: string, changes: Partial<Ticket>) =>
      sealed<Ticket>(
        {
          actionId,
          runId: desk.runId,
          digest: '',
          ruled: '',
          fencingToken: 2,
          rollback: null,
          watch: { metrics: [spec] },
          watchForMs: 0,
          baseline: { errors: 2 },
          ...changes,
        },
        desk.deps.sealKey,
      );

    it.each([
      ['measuredBack', { takenBackAt: LATER }],
      ['measured', {}],
    ])('a sealed ticket says that it is one of %s', async (kind, changes) => {
      const { desk, actionId } = await takenBack(value(3.5, LATER));
      const { measure } = createMeasure({ ...desk.deps, ledger: away });
      const ticket = ticketOf(desk, actionId, changes);
      const { measurements, unrecorded } = await measure({ check: 0, ticket });
      expect(measurements).toMatchObject([{ phase: 'failed', value: 3.5 }]);
      expect(unrecorded && unsealed(unrecorded, desk.deps.sealKey)).toMatchObject({
        eventId: `${actionId}/${desk.runId}/${kind}/0`,
        kind,
      });
    });
  });
});

it('an operator is told how to write a number', () => {
  expect(conditionFault('result < baseline * 2')).toBe(
    'no such overload: double * int; write numbers with a point, such as 2.0',
  );
});
