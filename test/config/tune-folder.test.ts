import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { tuningLines } from '../../src/cli/tuning-text.ts';
import { withChanges } from '../../src/config/action-types/changed-watch.ts';
import { loadInstallation, tuneFolder } from '../../src/config/index.ts';
import { accuracyOf, type WatchedAction } from '../../src/domain/learning/accuracy.ts';
import { lengthOf } from '../../src/domain/learning/tuning.ts';
import { many, missed, wrongly } from '../domain/learning/support.ts';
import { STOREFRONT_ENV } from '../support/storefront-folder.ts';
import { edited } from './broken.ts';

const FILE = 'actions/version-deploy.yaml';
const MINUTE = 60_000;

const late = accuracyOf([...many(37), missed(9 * MINUTE), missed(11 * MINUTE), missed(14 * MINUTE)]);
const wrong = accuracyOf([wrongly(), wrongly()]);
const textIn = (folder: string) => readFile(join(folder, FILE), 'utf8');

async function tuned(folder: string, accuracies: ReturnType<typeof accuracyOf>, isApplied: boolean) {
  const result = await tuneFolder(folder, accuracies, isApplied);
  if (result.kind === 'faulty') throw new Error(JSON.stringify(result.faults));
  return result.tunings;
}

test('what is tighter is shown as the lines to change, and nothing is written', async () => {
  const folder = await edited();
  const before = await textIn(folder);
  const [tuning] = await tuned(folder, late, false);
  expect(tuning && tuningLines(tuning, false)).toEqual([
    'version.deploy: 3 of 40 regressed after the watch of 6s had ended; the reports came after 9m to 14m: watch for 15m.',
    '  actions/version-deploy.yaml:37',
    '  - count: 3',
    '  + for: 15m',
    '  actions/version-deploy.yaml:47',
    '  - count: 3',
    '  + for: 15m',
    '  This is tighter: with --apply it is written into the file.',
  ]);
  expect(await textIn(folder)).toBe(before);
});

test('it is written where that is asked for: those lines alone change, comments stay, and the folder is sound', async () => {
  const folder = await edited();
  const before = (await textIn(folder)).split('\n');
  await tuned(folder, late, true);
  const after = (await textIn(folder)).split('\n');
  const changed = after.flatMap((line, i) => (line === before[i] ? [] : [line]));
  expect(after).toHaveLength(before.length);
  expect(changed).toEqual(['      for: 15m', '      for: 15m']);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const { watch } = loaded.installation.actionTypes['version.deploy'] ?? {};
  expect(watch && lengthOf(watch)).toBeGreaterThanOrEqual(15 * MINUTE);
  // The same evidence asks for nothing more.
  expect(await tuned(folder, late, true)).toEqual([]);
});

test('what is looser is shown, and never written: its owner has to', async () => {
  const folder = await edited();
  const before = await textIn(folder);
  const [tuning] = await tuned(folder, wrong, true);
  expect(tuning?.lines).toEqual([
    { line: 32, before: '    - name: error-ratio', after: expect.stringContaining('failureLimit: 1') },
  ]);
  expect(tuning && tuningLines(tuning, true).at(-1)).toMatch(/^ {2}This is looser\. It is never written/);
  expect(await textIn(folder)).toBe(before);
});

test('a folder with a fault is not tuned', async () => {
  const folder = await edited({ file: FILE, replace: 'count: 3', by: 'count: 0' });
  expect(await tuneFolder(folder, late, true)).toMatchObject({ kind: 'faulty', faults: [{ file: FILE }] });
});

test('an action type that is not in the folder any more is left alone', async () => {
  const elsewhere: WatchedAction[] = [
    missed(MINUTE, { actionType: 'gone' }),
    missed(MINUTE, { actionType: 'gone' }),
  ];
  expect(await tuned(await edited(), accuracyOf(elsewhere), true)).toEqual([]);
});

describe('a change of a metric', () => {
  const inFlow =
    'name: a\nwatch: { metrics: [ { name: m, count: 3, compare: { against: before } } ] } # why\n';
  const inBlock =
    'name: a\nwatch:\n  metrics:\n    - name: m\n      failureLimit: 3 # why\n      compare:\n        # since May\n        tolerance: 1.5\n';

  test.each([
    [inFlow, { metric: 'm', member: 'for', value: '5m' }, inFlow.replace('count: 3', 'for: 5m')],
    [
      inFlow,
      { metric: 'm', member: 'tolerance', value: '1.2' },
      inFlow.replace('{ against', '{ tolerance: 1.2, against'),
    ],
    [
      inBlock,
      { metric: 'm', member: 'failureLimit', value: '1' },
      inBlock.replace('failureLimit: 3', 'failureLimit: 1'),
    ],
    [inBlock, { metric: 'm', member: 'tolerance', value: '1.2' }, inBlock.replace('1.5', '1.2')],
    [
      inBlock,
      { metric: 'm', member: 'consecutiveFailureLimit', value: '2' },
      inBlock.replace('- name', '- consecutiveFailureLimit: 2\n      name'),
    ],
  ] as const)('leaves all else as it is (%#)', (text, change, after) => {
    expect(withChanges(text, 'a', [change])?.text).toBe(after);
    const windows = text.replaceAll('\n', '\r\n');
    expect(withChanges(windows, 'a', [change])?.text.replaceAll('\r\n', '\n')).toBe(after);
    const two = `# first\nname: b\n---\n${text}`;
    expect(withChanges(two, 'a', [change])?.text).toBe(`# first\nname: b\n---\n${after}`);
  });

  test('of a metric, or an action type, that the file does not have, is none', () => {
    const change = { metric: 'other', member: 'for', value: '5m' } as const;
    expect(withChanges(inBlock, 'a', [change])).toBeUndefined();
    expect(withChanges(inBlock, 'b', [{ ...change, metric: 'm' }])).toBeUndefined();
  });
});
