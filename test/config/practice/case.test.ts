import { describe, expect, test } from 'vitest';
import { caseFor, readCase } from '../../../src/config/index.ts';
import { testInstallation } from '../../support/installation.ts';

const { installation } = testInstallation();

const lines = (...more: string[]): string =>
  [
    'kind: a small cure',
    'is: good',
    'because: It fits what is wrong.',
    'facts: [it undoes the action]',
    'at: 2026-12-02T10:00:00Z',
    'asks:',
    '  agent: cache-agent',
    '  actionType: cache.flush',
    '  target: catalog',
    '  says: The prices are those of yesterday.',
    '  evidence: [{ title: price, detail: "19.90" }]',
    '  successCriteria: [the error ratio stays low]',
    ...more,
  ].join('\n');

/** What is wrong with a case, with its line. */
function faultsOf(text: string, checkParams: Parameters<typeof caseFor>[2] = () => []): string[] {
  const read = readCase('cure', 'cure.yaml', text);
  const { faults } = read.value ? caseFor(read.value, installation, checkParams) : read;
  return faults.map(({ line, problem }) => `${line}: ${problem}`);
}

test('a case is read, and what it does not say is as usual', () => {
  const { value } = readCase('cure', 'cure.yaml', lines('metrics: [{ service: catalog, are: regressed }]'));
  expect(value && caseFor(value, installation, () => []).value).toMatchObject({
    name: 'cure',
    at: Date.parse('2026-12-02T10:00:00Z'),
    readAfter: 180_000,
    metrics: [{ service: 'catalog', are: 'regressed', since: 7_200_000 }],
    before: [],
    asks: {
      environment: 'production',
      params: {},
      agent: { id: 'cache-agent', version: '1.0.0' },
      rationale: { confidence: 0.9, alternatives: [{ option: 'do nothing' }] },
    },
  });
});

describe('a case that is wrong', () => {
  test('has all its faults of shape named at once, each with its line and what would pass', () => {
    const text = lines('edit: { by: priya }')
      .replace('is: good', 'is: fine')
      .replace('facts: [it undoes the action]', 'facts: []')
      .replace('10:00:00Z', '10:00');
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^2: is: .*good.*bad/),
      '4: facts: is empty: write at least one',
      '5: at: must be a time with its zone, such as 2026-12-18T22:00:00Z',
      expect.stringMatching(/^13: edit\.params: /),
      expect.stringMatching(/^13: edit\.because: /),
    ]);
  });

  test('has every name checked that the folder does not have', () => {
    const text = lines(
      'incidents: [{ service: nowhere, title: lost }]',
      'before: [{ ago: 1h, agent: nobody, actionType: cache.flush, target: catalog, ended: succeeded, by: somebody }]',
      'edit: { by: no-one, params: {}, because: better }',
    ).replace('target: catalog\n', 'target: katalog\n');
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^13: incidents\.0\.service: the folder has no service "nowhere"/),
      expect.stringMatching(/^14: before\.0\.by: the folder has no person "somebody"/),
      expect.stringMatching(/^14: before\.0\.agent: the folder has no agent "nobody"/),
      expect.stringMatching(/^9: asks\.target: the folder has no service "katalog"/),
      expect.stringMatching(/^15: edit\.by: the folder has no person "no-one"/),
    ]);
  });

  test('has its parameters checked by the action type', () => {
    expect(faultsOf(lines(), () => [{ where: 'params', problem: 'are odd' }])).toEqual([
      '6: asks.params: are odd',
    ]);
  });

  test.each([
    ['empty', '', '1: is empty: write a case'],
    ['two', `${lines()}\n---\n${lines()}`, '14: is a second document: write one case in a file'],
  ])('%s in a file', (_, text, fault) => {
    expect(faultsOf(text)).toEqual([fault]);
  });
});
