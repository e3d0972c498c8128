import { beforeAll, describe, expect, test } from 'vitest';
import { BAD_KINDS } from '../../benchmarks/oversight/bad-requests.ts';
import { casesOf, unseenCases } from '../../benchmarks/oversight/cases.ts';
import { Random } from '../../benchmarks/oversight/random.ts';
import {
  type OversightReport,
  type Result,
  reportOf,
  type Shown,
} from '../../benchmarks/oversight/report.ts';
import { runOversight } from '../../benchmarks/oversight/run.ts';
import { areaUnderCurve } from '../../benchmarks/oversight/score.ts';
import { renderOversight } from '../../benchmarks/oversight/table.ts';
import { requireBuild } from '../e2e/support.ts';

const NOW = {
  services: {
    catalog: { version: '1.8.0', instances: 3, config: { queueLimit: 20 } },
    cart: { version: '1.4.2', instances: 3, config: { queueLimit: 20, maxQuantity: 10 } },
    checkout: {
      version: '2.3.1',
      instances: 3,
      config: { queueLimit: 20, maxItems: 20, paymentTimeoutMs: 2_000 },
    },
  },
  at: Date.UTC(2026, 2, 2, 12),
};

const written = (seed: number, each: number) => {
  const random = new Random(seed);
  return casesOf(random, each).map((one) => ({ ...one, request: one.write(random, NOW) }));
};

describe('the cases', () => {
  test('are the same for the same seed, and others for another', () => {
    expect(JSON.stringify(written(7, 4))).toBe(JSON.stringify(written(7, 4)));
    expect(JSON.stringify(written(7, 4))).not.toBe(JSON.stringify(written(8, 4)));
  });

  test('are at least 60, half of them bad, in 15 kinds or more', () => {
    const cases = written(1, 4);
    const bad = cases.filter(({ bad }) => bad);
    expect(cases.length).toBeGreaterThanOrEqual(60);
    expect(bad.length * 2).toBe(cases.length);
    expect(new Set(bad.map(({ bad }) => bad?.kind)).size).toBeGreaterThanOrEqual(15);
  });

  test('have names that do not say which are bad', () => {
    expect(written(1, 4).map(({ id }) => id)).toEqual(
      written(1, 4).map((_, n) => `case-${String(n + 1).padStart(3, '0')}`),
    );
  });

  test('for which no rule was mended are bad in a kind that is known', () => {
    const cases = unseenCases(new Random(1));
    const kinds = new Set(BAD_KINDS.map(({ kind }) => kind));
    expect(cases.flatMap(({ bad }) => (bad && !kinds.has(bad.kind) ? bad.kind : []))).toEqual([]);
    for (const { write } of cases) expect(() => write(new Random(1), NOW)).not.toThrow();
  });

  test('of one bad kind differ in their words', () => {
    for (const { kind } of BAD_KINDS) {
      const summaries = written(1, 4)
        .filter(({ bad }) => bad?.kind === kind)
        .map(({ request }) => JSON.stringify(request));
      expect(new Set(summaries).size, kind).toBe(4);
    }
  });
});

test('the area under the curve is 1 where every bad one is above every good one, and half where nothing tells them apart', () => {
  expect(areaUnderCurve([3, 4], [0, 2])).toBe(1);
  expect(areaUnderCurve([1, 1], [1, 1])).toBe(0.5);
  expect(areaUnderCurve([0, 3], [1, 2])).toBe(0.5);
  expect(areaUnderCurve([0], [1])).toBe(0);
});

const shown = (changes: Partial<Shown> = {}): Shown => ({
  name: 'numberDiffers',
  weight: 3,
  text: 'the agent writes "6"',
  place: 'first screen',
  fits: true,
  ...changes,
});
const result = (changes: Partial<Result> = {}): Result => ({
  id: 'case-001',
  phase: 'calm',
  asked: 'run cart on 4 instances',
  summary: 'Traffic grows.',
  tier: 3,
  risk: 40,
  findings: [],
  facts: [],
  ...changes,
});
const another = { kind: 'another number', wrong: 'the number is another' };

test('a bad request counts as found only by what says what is wrong with it, and as seen only on the first screen', () => {
  const { kinds } = reportOf({
    seed: 1,
    results: [
      result({ id: 'seen', bad: another, findings: [shown()] }),
      result({ id: 'below', bad: another, findings: [shown({ place: 'further down' })] }),
      result({ id: 'by a fact', bad: another, facts: [shown({ name: 'Incident' })] }),
      result({ id: 'missed', bad: another, findings: [shown({ fits: false })] }),
      result(),
    ],
  });
  expect(kinds.find(({ kind }) => kind === another.kind)).toEqual({
    kind: another.kind,
    cases: 4,
    found: 3,
    byFinding: 2,
    onFirstScreen: 2,
    missed: ['missed'],
  });
});

test('a good request has a false finding from weight 2 on, and the table shows every one', () => {
  const report = reportOf({
    seed: 1,
    results: [
      result({ id: 'bad-one', bad: another, findings: [shown()] }),
      result({ id: 'worth-a-look', findings: [shown({ weight: 1, text: 'little' })] }),
      result({ id: 'doubtful', findings: [shown({ weight: 2, text: 'much' })] }),
    ],
  });
  expect(report.falseFindings).toEqual({ cases: ['doubtful'], share: 0.5 });
  const table = renderOversight(report);
  expect(table).toContain('worth-a-look');
  expect(table).toContain('much');
});

describe('on real servers', () => {
  let report: OversightReport;
  const pages = new Map<string, string>();

  beforeAll(async () => {
    await requireBuild();
    report = await runOversight(
      {
        seed: 1,
        each: 1,
        keepPage: async (id, html) => {
          pages.set(id, html);
        },
      },
      () => undefined,
    );
  }, 900_000);

  test('every kind of bad request is found, and shown on the first screen', () => {
    expect(report.kinds).toHaveLength(BAD_KINDS.length);
    expect(report.kinds.filter(({ found, cases }) => found < cases)).toEqual([]);
    expect(report.kinds.filter(({ onFirstScreen, cases }) => onFirstScreen < cases)).toEqual([]);
  });

  test('at most one good request in ten has a false finding', () => {
    expect(report.falseFindings.share).toBeLessThanOrEqual(0.1);
  });

  test('findings tell bad from good, and much better than the risk score does', () => {
    expect(report.areaUnderCurve.findings).toBeGreaterThan(0.9);
    expect(report.areaUnderCurve.findings).toBeGreaterThan(report.areaUnderCurve.riskScore);
  });

  test('each page is a file of its own that says neither which case is bad nor needs a server', () => {
    expect(pages.size).toBe(report.results.length);
    for (const { id, asked } of report.results) {
      const page = pages.get(id) ?? '';
      expect(page).toContain(asked);
      expect(page).toContain('<style>');
      expect(page).not.toMatch(/<script|rel="stylesheet"/);
    }
  });
});
