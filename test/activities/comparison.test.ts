import { describe, expect, test } from 'vitest';
import type { Sources } from '../../src/activities/ports/metric-source.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import { createMeasure } from '../../src/activities/watch/measure.ts';
import { createPrometheus } from '../../src/adapters/prometheus.ts';
import { verdictOf } from '../../src/domain/analysis/analysis-verdict.ts';
import { blocksIn } from '../../src/domain/analysis/blocks.ts';
import type { Comparison } from '../../src/domain/analysis/comparison.ts';
import { afterCheck, courseOf } from '../../src/domain/analysis/course.ts';
import type { MetricSpec, Watch } from '../../src/domain/analysis/metrics.ts';
import { lastOnRecord } from '../../src/domain/record/on-record.ts';
import { recomputed } from '../../src/domain/record/recompute-verdict.ts';
import { extendedCourseOf } from '../../src/domain/record/watch-on-record.ts';
import { aComparison } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { counterOf, type SimulatedQueries, servePrometheus } from '../support/prometheus-server.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, NOW } from './desk.ts';

const MINUTE = 60_000;
const BAD = 'errors_total';
const ALL = 'requests_total';

const metricWith = (compare: Partial<Comparison>, changes: Partial<MetricSpec> = {}): MetricSpec => ({
  name: 'errors',
  source: 'shop',
  initialDelayMs: 0,
  intervalMs: MINUTE,
  count: 10,
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 1,
  compare: aComparison(compare),
  ...changes,
});

/** Runs an action at `NOW` whose watch is this one, and takes its checks until there is a verdict. */
async function watched(
  watch: Watch,
  queries: SimulatedQueries,
  {
    incidents = 0,
    every = () => 0,
    extensions = 0,
  }: { incidents?: number; every?: (check: number) => number; extensions?: number } = {},
) {
  let now = NOW;
  const { url } = await servePrometheus(queries, () => now);
  const asked = proposal();
  const { installation } = testInstallation();
  const flush = installation.actionTypes['cache.flush'];
  if (!flush) throw new Error('there is no cache.flush');
  const sources: Sources = {
    shop: createPrometheus({ url, intervalMs: 15_000 }),
    status: { read: async () => ({ kind: 'value', value: incidents, sampledAt: now }) },
  };
  const desk = aDesk(asked, {
    installation: {
      ...installation,
      rules: { ...installation.rules, live: { incidents: { source: 'status', query: 'open' } } },
      actionTypes: { 'cache.flush': { ...flush, watch } },
    },
    sources,
  });
  const deps = { ...desk.deps, now: () => now };
  const ruled = await createRule(deps).rule({ proposal: asked });
  if (ruled.kind !== 'ruled') throw new Error(JSON.stringify(ruled));
  const { id: actionId } = ruled.action;
  const record = (kind: 'admitted' | 'executed' | 'extended', body: object) =>
    desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/${kind}/${desk.entries.length}`,
      actionId,
      kind,
      at: now,
      body: body as never,
    });
  const { digest } = ruled.ruling;
  await record('admitted', {
    digest,
    settlement: null,
    votes: [],
    execute: ruled.action.execute,
    baseline: {},
  });
  await record('executed', { digest, kind: 'done', summary: 'done' });
  const { measure } = createMeasure(deps);
  let course = courseOf(watch);
  let extended = 0;
  for (let check = 0; ; check++) {
    if (!course.next) throw new Error('no verdict');
    now += course.next.waitMs + every(check);
    desk.at = now;
    const { measurements } = await measure({ check });
    course = afterCheck(course, measurements);
    const verdict = verdictOf(watch, course.measurements, course.next === undefined);
    if (verdict.kind === 'pending') continue;
    if (verdict.kind === 'inconclusive' && extended < extensions) {
      extended += 1;
      await record('extended', {
        by: 'grace',
        reason: 'look again',
        at: now,
        jws: '',
        digest,
        check: check + 1,
      });
      course = extendedCourseOf({ watch, watchForMs: 0 });
      continue;
    }
    const looks = course.measurements.flatMap(({ look }) => look ?? []);
    return {
      verdict,
      looks,
      blocks: blocksIn(looks),
      checks: check + 1,
      afterMs: now - NOW,
      entries: desk.entries,
      actionId,
    };
  }
}

const traffic = (bad: number, badLater: number, total = 6_000): SimulatedQueries => ({
  [BAD]: [{ valueAt: counterOf(bad, { from: NOW, perMinute: badLater }) }],
  [ALL]: [{ valueAt: counterOf(total) }],
});

const ratio = { compared: { form: 'ratio', bad: BAD, total: ALL } } as const;

describe('a comparison with the time before', () => {
  test('finds three times as many errors, long before the watch is over', async () => {
    const { verdict, checks } = await watched({ metrics: [metricWith(ratio)] }, traffic(20, 60));
    expect(verdict).toMatchObject({ kind: 'regressed' });
    expect(verdict).toMatchObject({ reason: expect.stringContaining('errors is worse: ') });
    expect(checks).toBeLessThan(5);
  });

  test('keeps an action after which nothing changed', async () => {
    const { verdict, checks, blocks } = await watched({ metrics: [metricWith(ratio)] }, traffic(60, 60));
    expect(verdict).toEqual({
      kind: 'healthy',
      reason: '10 measurements within their limits; errors not worse than before',
    });
    expect(checks).toBe(10);
    expect(blocks).toHaveLength(10);
    for (const { after, before } of blocks) {
      expect(after).toEqual({ bad: 60, of: 6_000 });
      expect(before).toEqual({ bad: 60, of: 6_000 });
    }
  });

  test('is kept where errors are so rare that nobody minds them', async () => {
    const { verdict } = await watched({ metrics: [metricWith(ratio)] }, traffic(0, 1));
    expect(verdict).toMatchObject({ kind: 'healthy' });
  });

  test('cannot tell from a handful of requests, and says so', async () => {
    const { verdict } = await watched({ metrics: [metricWith(ratio)] }, traffic(0, 0.3, 3));
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('these are too few to tell'),
    });
  });

  test('is made longer while it cannot tell, and ends when it can', async () => {
    const rare = traffic(20, 20);
    const short = { metrics: [metricWith({ ...ratio, negligible: 0 }, { count: 3 })] };
    expect((await watched(short, rare)).verdict).toMatchObject({ kind: 'inconclusive' });
    const { verdict, afterMs } = await watched({ ...short, extendToMs: 60 * MINUTE }, rare);
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(afterMs).toBeGreaterThan(3 * MINUTE);
    expect(afterMs).toBeLessThan(60 * MINUTE);
  });

  test('is no baseline where an incident was open', async () => {
    const { verdict } = await watched({ metrics: [metricWith(ratio)] }, traffic(600, 60), { incidents: 1 });
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringMatching(
        /an incident was open on \w+ before the action, so that time is no baseline/,
      ),
    });
  });

  test('sees what happened while the worker was away: a late check reads all minutes', async () => {
    const { verdict, blocks, checks } = await watched({ metrics: [metricWith(ratio)] }, traffic(60, 60), {
      every: (check) => (check === 1 ? 4 * MINUTE : 0),
    });
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(checks).toBe(10);
    const begins = blocks.map(({ from }) => (from - NOW) / MINUTE);
    expect(begins).toEqual(Array.from({ length: 14 }, (_, i) => i));
  });

  test('a service that restarts is counted from 0, and nothing is lost', async () => {
    const restarted: SimulatedQueries = {
      [BAD]: [{ valueAt: counterOf(60) }],
      [ALL]: [
        {
          valueAt: (at) => {
            const counter = counterOf(6_000);
            return at > NOW + 90_000 ? counter(at) - counter(NOW + 90_000) : counter(at);
          },
        },
      ],
    };
    const { blocks } = await watched({ metrics: [metricWith(ratio)] }, restarted);
    // What was counted in the half minute before the restart was never scraped again.
    expect(blocks.map(({ after }) => after && 'of' in after && after.of)).toEqual([
      6_000, 3_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000, 6_000,
    ]);
  });
});

describe('what cannot be read', () => {
  test('after the action is an error: a metric that the action renamed is not healthy', async () => {
    const gone = (at: number) => (at > NOW ? undefined : counterOf(6_000)(at));
    const { verdict } = await watched(
      { metrics: [metricWith(ratio)] },
      { ...traffic(60, 60), [ALL]: [{ valueAt: gone }] },
    );
    expect(verdict).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('it had no value after the action'),
    });
  });

  test('of the baseline leaves it undecided: the source keeps less than a week', async () => {
    const young = (perMinute: number) => (at: number) =>
      at < NOW - 60 * MINUTE ? undefined : counterOf(perMinute)(at);
    const { verdict } = await watched(
      { metrics: [metricWith({ ...ratio, against: 'lastWeek', negligible: 0 })] },
      { [BAD]: [{ valueAt: young(60) }], [ALL]: [{ valueAt: young(6_000) }] },
    );
    expect(verdict).toMatchObject({
      kind: 'inconclusive',
      reason: expect.stringContaining('there is nothing to compare with'),
    });
  });

  test('for a minute is a gap: the other minutes are compared', async () => {
    const gap = (at: number) => at === NOW + 3 * MINUTE;
    const queries = Object.fromEntries(
      Object.entries(traffic(60, 60)).map(([query, series]) => [
        query,
        series.map(({ valueAt }) => ({ valueAt: (at: number) => (gap(at) ? undefined : valueAt(at)) })),
      ]),
    );
    const { verdict, blocks } = await watched(
      { metrics: [metricWith(ratio, { consecutiveErrorLimit: 3 })] },
      queries,
    );
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(blocks.filter(({ after }) => after === null).length).toBeGreaterThan(0);
  });
});

describe('the forms of a comparison', () => {
  test('counts: bad events beside those in as much time', async () => {
    const counts = { compared: { form: 'counts', bad: BAD }, negligible: 0 } as const;
    expect((await watched({ metrics: [metricWith(counts)] }, traffic(10, 40))).verdict).toMatchObject({
      kind: 'regressed',
      reason: expect.stringContaining('in as much time of the baseline'),
    });
    expect(
      (await watched({ metrics: [metricWith({ ...counts }, { count: 30 })] }, traffic(20, 20))).verdict,
    ).toMatchObject({ kind: 'healthy' });
  });

  const buckets = (slowLater: number): SimulatedQueries => ({
    seconds_bucket: [
      { labels: { le: '0.1' }, valueAt: counterOf(5_900, { from: NOW, perMinute: 6_000 - slowLater }) },
      { labels: { le: '+Inf' }, valueAt: counterOf(6_000) },
    ],
  });
  const latency = (slowerThan: number) =>
    ({ compared: { form: 'latency', buckets: 'seconds_bucket', slowerThan } }) as const;

  test('latency: the share that is slower than a bound', async () => {
    expect((await watched({ metrics: [metricWith(latency(0.1))] }, buckets(400))).verdict).toMatchObject({
      kind: 'regressed',
    });
    expect((await watched({ metrics: [metricWith(latency(0.1))] }, buckets(100))).verdict).toMatchObject({
      kind: 'healthy',
    });
  });

  test('latency: a bound that no bucket has is an error that names those there are', async () => {
    expect((await watched({ metrics: [metricWith(latency(0.2))] }, buckets(100))).verdict).toMatchObject({
      kind: 'error',
      reason: expect.stringContaining('no bucket ends at 0.2: they end at 0.1'),
    });
  });

  const gauge = (later: number): SimulatedQueries => ({
    queue: [{ valueAt: (at) => (at > NOW ? later : 100) + ((at / MINUTE) % 7) }],
  });
  const value = { compared: { form: 'value', value: 'queue' } } as const;
  const values = (changes: Partial<Comparison> = {}) =>
    metricWith({ ...value, ...changes }, { query: 'queue', failureCondition: 'result > 1000.0' });

  test('value: judged at the end, and worse beyond what is tolerated', async () => {
    const { verdict, checks } = await watched({ metrics: [values()] }, gauge(200));
    expect(verdict).toMatchObject({ kind: 'regressed' });
    expect(checks).toBe(10);
    expect((await watched({ metrics: [values()] }, gauge(120))).verdict).toMatchObject({ kind: 'healthy' });
  });

  test('value: less is worse where the file says so', async () => {
    const lower = await watched({ metrics: [values({ direction: 'decrease' })] }, gauge(20));
    expect(lower.verdict).toMatchObject({ kind: 'regressed' });
    const higher = await watched({ metrics: [values({ direction: 'decrease' })] }, gauge(200));
    expect(higher.verdict).toMatchObject({ kind: 'healthy' });
  });

  test('value: the conditions stay as absolute bounds, and end the watch at once', async () => {
    const { verdict, checks } = await watched({ metrics: [values()] }, gauge(2_000));
    expect(verdict).toMatchObject({ kind: 'regressed', reason: expect.stringContaining('failed once') });
    expect(checks).toBe(1);
  });

  test('a control: other instances at the same time, whatever the whole service does', async () => {
    const { queries, compare } = {
      queries: {
        [BAD]: [{ valueAt: counterOf(10, { from: NOW, perMinute: 300 }) }],
        [ALL]: [{ valueAt: counterOf(6_000) }],
        control_errors: [{ valueAt: counterOf(30, { from: NOW, perMinute: 900 }) }],
        control_requests: [{ valueAt: counterOf(18_000) }],
      },
      compare: {
        ...ratio,
        against: { control: { form: 'ratio', bad: 'control_errors', total: 'control_requests' } },
      } as const,
    };
    expect((await watched({ metrics: [metricWith(compare)] }, queries)).verdict).toMatchObject({
      kind: 'healthy',
    });
    expect((await watched({ metrics: [metricWith(ratio)] }, queries)).verdict).toMatchObject({
      kind: 'regressed',
    });
  });

  test('a day and a week before: the same minutes', async () => {
    const daily = (per: number): SimulatedQueries[string] => {
      const steps = new Map<number, number>();
      // Ten times the traffic in the hour that begins now, each day.
      const rate = (minute: number) => (minute % (24 * 60) < 60 ? 10 * per : per);
      let total = 0;
      for (let minute = -8 * 24 * 60; minute < 120; minute++) {
        steps.set(NOW + minute * MINUTE, total);
        total += rate((minute + 8 * 24 * 60) % (24 * 60));
      }
      return [{ valueAt: (at) => steps.get(at) }];
    };
    const queries = { [BAD]: daily(2), [ALL]: daily(1_000) };
    const counts = { compared: { form: 'counts', bad: BAD }, negligible: 0 } as const;
    for (const against of ['yesterday', 'lastWeek'] as const) {
      const { verdict } = await watched(
        { metrics: [metricWith({ ...counts, against }, { count: 30 })] },
        queries,
      );
      expect(verdict).toMatchObject({ kind: 'healthy' });
    }
    const before = await watched({ metrics: [metricWith({ ...counts, against: 'before' })] }, queries);
    expect(before.verdict).toMatchObject({ kind: 'regressed' });
  });
});

describe('a watch of a length', () => {
  test('looks often at first and then less often, and reads what lies between', async () => {
    const spec = metricWith(ratio, { lengthMs: 60 * MINUTE, count: 12 });
    const { verdict, checks, blocks, afterMs } = await watched({ metrics: [spec] }, traffic(60, 60));
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(checks).toBeLessThan(20);
    expect(blocks).toHaveLength(60);
    expect(afterMs).toBe(60 * MINUTE + 10_000);
  });

  test('judges what a metric was between two looks by its conditions', async () => {
    const query = 'error_ratio';
    // One minute is bad, between the looks at 12 and at 15 minutes.
    const valueAt = (at: number) => (Math.abs(at - NOW - 13 * MINUTE) < MINUTE / 2 ? 0.5 : 0.001);
    const { compare: _, ...condition } = metricWith({}, { query, failureCondition: 'result > 0.1' });
    const { verdict, afterMs } = await watched(
      { metrics: [{ ...condition, lengthMs: 60 * MINUTE, count: 12 }] },
      { [query]: [{ valueAt }] },
    );
    expect(verdict).toMatchObject({ kind: 'regressed', reason: expect.stringContaining('0.5') });
    expect(afterMs).toBeLessThan(20 * MINUTE);
  });
});

describe('a metric that is measured more seldom than another', () => {
  const { compare: _, ...condition } = metricWith({}, { failureCondition: 'result > 0.1' });
  const often = { ...condition, name: 'often', query: 'often', count: 40 };
  const seldom = {
    ...condition,
    name: 'seldom',
    query: 'seldom',
    lengthMs: 40 * MINUTE,
    initialDelayMs: MINUTE / 2,
  };

  test('is judged of all the time since its own last check', async () => {
    const badAt = (minute: number) => (at: number) =>
      Math.abs(at - NOW - minute * MINUTE) <= MINUTE / 2 ? 0.5 : 0.001;
    const { verdict } = await watched(
      { metrics: [often, seldom] },
      { often: [{ valueAt: () => 0.001 }], seldom: [{ valueAt: badAt(14) }] },
    );
    expect(verdict).toMatchObject({ kind: 'regressed', reason: expect.stringContaining('seldom') });
  });

  test('is judged of the time while its source was away, once it answers again', async () => {
    // It was bad while nobody could read it.
    let latest = 0;
    const valueAt = (at: number) => {
      const isNow = at > latest;
      latest = Math.max(latest, at);
      const wasAway = at > NOW + MINUTE && at < NOW + 4 * MINUTE;
      return isNow && wasAway ? undefined : wasAway ? 0.5 : 0.001;
    };
    const { verdict } = await watched(
      { metrics: [{ ...often, count: 10, consecutiveErrorLimit: 60 }] },
      { often: [{ valueAt }] },
    );
    expect(verdict).toMatchObject({ kind: 'regressed', reason: expect.stringContaining('0.5') });
  });

  test('is not judged of its initial delay', async () => {
    const warming = (at: number) => (at < NOW + 5 * MINUTE ? 0.5 : 0.001);
    const { verdict } = await watched(
      { metrics: [{ ...often, count: 3, initialDelayMs: 6 * MINUTE }] },
      { often: [{ valueAt: warming }] },
    );
    expect(verdict).toMatchObject({ kind: 'healthy' });
  });
});

describe('a watch that a person has go on', () => {
  const short = { metrics: [metricWith(ratio, { count: 4 })] };
  const sparse = traffic(12, 12, 600);

  test('adds to what was compared before, until it can tell', async () => {
    const once = await watched(short, sparse);
    expect(once.verdict).toMatchObject({ kind: 'inconclusive' });
    const { verdict, afterMs } = await watched(short, sparse, { extensions: 3 });
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(afterMs).toBeGreaterThan(once.afterMs);
  });

  test('is worked out again from the ledger, and cannot be extended by what was not recorded', async () => {
    const { actionId, entries, verdict } = await watched(short, sparse, { extensions: 3 });
    const record = lastOnRecord(actionId, entries);
    expect(record && recomputed(record)).toMatchObject({ again: { kind: verdict.kind }, isSame: true });
    const without = lastOnRecord(
      actionId,
      entries.filter(({ kind }) => kind !== 'extended'),
    );
    expect(without && recomputed(without)).toMatchObject({ again: { kind: 'inconclusive' } });
  });
});

describe('several comparisons', () => {
  test('share the chance of a false alarm', async () => {
    const one = await watched({ metrics: [metricWith(ratio)] }, traffic(20, 60));
    const names = ['a', 'b', 'c', 'd'];
    const four = await watched(
      { metrics: names.map((name) => metricWith(ratio, { name })) },
      traffic(20, 60),
    );
    const needed = ({ looks }: Pick<typeof one, 'looks'>) => {
      const [look] = looks;
      return look?.weighed?.kind === 'events' ? look.weighed.enough.worse : Number.NaN;
    };
    expect(needed(four)).toBeCloseTo(needed(one) + Math.log(4), 9);
  });

  test('a dry run shows that it is worse, and decides nothing', async () => {
    const dryRun = metricWith(ratio, { name: 'new', dryRun: true });
    const quiet = metricWith({ compared: { form: 'ratio', bad: 'quiet', total: ALL } });
    const { verdict, looks } = await watched(
      { metrics: [dryRun, quiet] },
      { ...traffic(20, 60), quiet: [{ valueAt: counterOf(60) }] },
    );
    expect(verdict).toMatchObject({ kind: 'healthy' });
    expect(looks.some(({ finding }) => finding === 'worse')).toBe(true);
  });
});

describe('a verdict that is worked out again from the ledger', () => {
  type Run = Awaited<ReturnType<typeof watched>>;

  const again = ({ actionId, entries }: Pick<Run, 'actionId' | 'entries'>) => {
    const record = lastOnRecord(actionId, entries);
    if (!record) throw new Error('it is not on record');
    return recomputed(record);
  };

  /** The entries with one measured number changed. */
  const changed = ({ actionId, entries }: Run, change: (text: string) => string) =>
    again({
      actionId,
      entries: entries.map((entry) =>
        entry.kind === 'measured'
          ? { ...entry, body: JSON.parse(change(JSON.stringify(entry.body))) }
          : entry,
      ),
    });

  test('is the same, for events, values and conditions', async () => {
    const gauge = metricWith(
      { compared: { form: 'value', value: 'queue' } },
      { name: 'queue', query: 'queue', failureCondition: 'result > 1000.0' },
    );
    const run = await watched(
      { metrics: [metricWith(ratio), gauge] },
      { ...traffic(60, 60), queue: [{ valueAt: (at) => 100 + ((at / MINUTE) % 7) }] },
    );
    expect(again(run)).toMatchObject({ isSame: true, recorded: run.verdict, again: run.verdict });
  });

  test('is not where the events of a block, a value or a finding were changed', async () => {
    const run = await watched({ metrics: [metricWith(ratio)] }, traffic(60, 60));
    expect(changed(run, (text) => text.replace('"bad":60', '"bad":6000'))).toMatchObject({
      isSame: false,
      again: { kind: 'regressed' },
    });
    expect(changed(run, (text) => text.replace('"notWorse","reason"', '"worse","reason"'))).toMatchObject({
      isSame: false,
      recorded: { kind: 'regressed' },
      again: { kind: 'healthy' },
    });
  });

  test('is nothing where nothing ran', async () => {
    const run = await watched({ metrics: [metricWith(ratio)] }, traffic(60, 60));
    const ruledOnly = run.entries.filter(({ kind }) => kind === 'ruled');
    expect(again({ ...run, entries: ruledOnly })).toEqual({ kind: 'nothing', reason: 'it never ran' });
  });
});
