import { describe, expect, test } from 'vitest';
import { readScenario, scenarioFor } from '../../../src/config/index.ts';
import { testInstallation } from '../../support/installation.ts';

const { installation } = testInstallation();

const lines = (...changes: string[]): string =>
  [
    'title: a night',
    'begins: 2026-12-02T22:00:00Z',
    'lasts: 9h',
    ...changes,
    'proposals:',
    '  - name: flush',
    '    at: 30m',
    '    agent: cache-agent',
    '    actionType: cache.flush',
    '    target: catalog',
    '    is: good',
  ].join('\n');

/** What is wrong with a scenario, with its line. */
function faultsOf(text: string): string[] {
  const read = readScenario('night.yaml', text);
  const { faults } = read.value ? scenarioFor(read.value, installation, () => []) : read;
  return faults.map(({ line, problem }) => `${line}: ${problem}`);
}

test('a scenario is read, and what it does not say is as usual', () => {
  const { value } = readScenario('night.yaml', lines('people: { grace: { answers: right } }'));
  const scenario = value && scenarioFor(value, installation, () => []).value;
  expect(scenario).toMatchObject({
    begins: Date.parse('2026-12-02T22:00:00Z'),
    people: { grace: { answers: 'right', after: 300_000, away: [] } },
    everybodyElse: { answers: 'never' },
    proposals: [{ name: 'flush', at: 1_800_000, environment: 'production', answer: 'done', unsigned: false }],
  });
});

test('what is asked for several times has its own name, time, target and number each time', () => {
  const text = lines()
    .replace('target: catalog', 'target: [catalog, cart]')
    .concat('\n    times: 3\n    every: 15s\n    params: { version: "1.0.${n}" }');
  const { value } = readScenario('night.yaml', text);
  const scenario = value && scenarioFor(value, installation, () => []).value;
  expect(scenario?.proposals.map(({ name, at, target, params }) => [name, at, target, params])).toEqual([
    ['flush-1', 1_800_000, 'catalog', { version: '1.0.1' }],
    ['flush-2', 1_815_000, 'cart', { version: '1.0.2' }],
    ['flush-3', 1_830_000, 'catalog', { version: '1.0.3' }],
  ]);
});

describe('a scenario that is wrong', () => {
  test('has all its faults of shape named at once, each with its line and what would pass', () => {
    const text = lines('people: { grace: { answers: maybe } }', 'pagerDown: [{ from: 2h, until: 1h }]')
      .replace('22:00:00Z', '22:00')
      .replace('lasts: 9h', 'lasts: long')
      .replace('is: good', 'is: fine');
    expect(faultsOf(text)).toEqual([
      '2: begins: must be a time with its zone, such as 2026-12-18T22:00:00Z',
      '3: lasts: must be a duration, such as 90s, 5m, 24h or 1h30m',
      expect.stringMatching(/^4: people\.grace\.answers: .*right.*never/),
      '5: pagerDown.0.until: must be after "from"',
      expect.stringMatching(/^12: proposals\.0\.is: .*good.*bad/),
    ]);
  });

  test('has all names that the folder does not know named at once', () => {
    const text = lines(
      'people: { gracie: { answers: right } }',
      'incidents: [{ service: basket, title: x, from: 0s, until: 1h }]',
    )
      .replace('cache-agent', 'cash-agent')
      .replace('actionType: cache.flush', 'actionType: rockets.launch')
      .replace('target: catalog', 'target: catalogue');
    expect(faultsOf(text)).toEqual([
      expect.stringContaining('4: people.gracie: the folder has no person "gracie": did you mean "grace"?'),
      expect.stringContaining('5: incidents.0.service: the folder has no service "basket"'),
      expect.stringContaining(
        '9: proposals.0.agent: the folder has no agent "cash-agent": did you mean "cache-agent"?',
      ),
      expect.stringContaining('10: proposals.0.actionType: the folder has no action type "rockets.launch"'),
      expect.stringContaining(
        '11: proposals.0.target: the folder has no service "catalogue": did you mean "catalog"?',
      ),
    ]);
  });

  test.each([
    [
      'is asked for after the end',
      lines().replace('at: 30m', 'at: 9h'),
      '6: proposals.0.at: it is asked for after the end',
    ],
    [
      'is repeated without a pause',
      `${lines()}\n    times: 3`,
      '5: proposals.0: "times" and "every" belong together',
    ],
    ['has an unknown key', lines('pagerUp: []'), '4: pagerUp'],
    ['is empty', '', '1: is empty: write a scenario'],
    ['is no YAML', 'title: [', '1: this is not YAML'],
  ])('%s', (_, text, fault) => {
    expect(faultsOf(text).join('\n')).toContain(fault);
  });

  test('has parameters that its action type does not take', () => {
    const { value } = readScenario('night.yaml', lines());
    const faults = value
      ? scenarioFor(value, installation, () => [{ where: 'params.keys', problem: 'is not known' }]).faults
      : [];
    expect(faults).toMatchObject([{ file: 'night.yaml', problem: expect.stringContaining('is not known') }]);
  });

  test('may have them where it expects a refusal', () => {
    const { value } = readScenario('night.yaml', `${lines()}\n    expect: { outcome: refused }`);
    const refusing = () => [{ where: 'params.keys', problem: 'is not known' }];
    expect(value && scenarioFor(value, installation, refusing).faults).toEqual([]);
  });
});
