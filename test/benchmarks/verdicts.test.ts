import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { GAUGES } from '../../benchmarks/verdicts/gauges.ts';
import {
  eventRow,
  FULL,
  neededFor,
  type VerdictsReport,
  valueRow,
} from '../../benchmarks/verdicts/report.ts';
import { SITUATIONS } from '../../benchmarks/verdicts/situations.ts';
import {
  neededTable,
  renderVerdicts,
  unchangedTable,
  valuesTable,
  worseTable,
} from '../../benchmarks/verdicts/table.ts';

const textOf = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
const report: VerdictsReport = JSON.parse(textOf('benchmarks/verdicts/report.json'));
const page = textOf('docs/verdicts.md');

describe('docs/verdicts.md', () => {
  test.each([
    ['nothing changed', unchangedTable(report.unchanged)],
    ['it became worse', worseTable(report.worse)],
    ['values', valuesTable(report.values)],
    ['how many bad events are needed', neededTable(report.needed)],
  ])('has the table that the command made: %s', (_, table) => {
    expect(page).toContain(table);
  });

  test('each table that is simulated rests on 10,000 watches', () => {
    for (const rows of [report.unchanged, report.worse, report.values])
      expect(rows.reduce((sum, { watches }) => sum + watches, 0)).toBeGreaterThanOrEqual(10_000);
  });
});

describe('the report', () => {
  test.each([
    ['unchanged', 'steady, 600 requests a minute, 1 % bad', 1],
    ['worse', 'low traffic: 20 a minute, 2 % bad', 3],
  ] as const)('is what the code says today: a row of %s, made again', (table, name, factor) => {
    const situation = SITUATIONS.find((candidate) => candidate.name === name);
    const row = report[table].find((candidate) => candidate.name === name && candidate.factor === factor);
    expect(situation && eventRow(situation, factor, FULL[table], report.seed)).toEqual(row);
  });

  test('so is a row of the values, and how many bad events are needed', () => {
    const [gauge] = GAUGES;
    const [row] = report.values;
    expect(gauge && valueRow(gauge, 1, FULL.values, report.seed)).toEqual(row);
    expect(report.needed.map(({ tolerance }) => neededFor(tolerance))).toEqual(report.needed);
  });

  test('says that chance alone makes fewer false alarms than one in 50, and that a plain test makes more', () => {
    const byChance = report.unchanged.filter(({ name }) => !/bursty|sample/.test(name));
    expect(byChance.length).toBeGreaterThan(8);
    for (const { regressed, zTest } of byChance) {
      expect(regressed.share).toBeLessThan(0.02);
      expect(zTest?.share).toBeGreaterThan(0.05);
    }
  });

  test('says that what is just tolerated is no regression either, and that three times as much is found', () => {
    const steady = report.worse.filter(({ name }) => name.startsWith('steady'));
    const at = (factor: number) => steady.find((row) => row.factor === factor)?.regressed;
    expect(at(1.5)?.share).toBeLessThan(0.02);
    expect(at(3)).toMatchObject({ share: 1 });
    expect(at(3)?.minutes).toBeLessThan(10);
  });

  test('for people has all tables, how many watches there were, and the seed', () => {
    const text = renderVerdicts(report);
    expect(text).toContain('Nothing changed, 10080 watches, seed 1:');
    expect(text).toContain(neededTable(report.needed));
  });
});
