import { describe, expect, test } from 'vitest';
import { editFile } from '../../support/storefront-folder.ts';
import { edited, faultsOf } from '../broken.ts';

const flush = 'actions/cache-flush.yaml';

/** The storefront, whose action type changes a flag instead of its request. */
async function problemsOf(flag: string, rollback = 'flag: { undo: true, timeout: 5s }'): Promise<string> {
  const folder = await edited();
  await editFile(folder, flush, (text) =>
    text
      .replace(/rollback:\n(?: {2}.*\n)+/, '')
      .replace(/execute:\n(?: {2}.*\n)+/, () => `execute:\n  flag: ${flag}\nrollback:\n  ${rollback}\n`),
  );
  return (await faultsOf(folder)).map(({ problem }) => problem).join('\n');
}

const file = '{ file: /etc/flags.json, flag: new-checkout, set: { state: DISABLED }, timeout: 5s }';
const share = 'set: { share: { variant: on, percent: 20, otherwise: off } }';

describe('a change of a flag', () => {
  test.each([
    ['in a file, with an undo', file],
    [
      'at an address',
      file.replace('file: /etc/flags.json', 'url: "https://flags.example/new-checkout", method: PATCH'),
    ],
    ['of a share', file.replace('set: { state: DISABLED }', share)],
    ['that an evaluator verifies', file.replace('timeout', 'ofrep: { url: "http://flagd:8016" }, timeout')],
  ])('is accepted %s', async (_, flag) => {
    expect(await problemsOf(flag)).toBe('');
  });

  test.each([
    ['a place is needed', file.replace('file: /etc/flags.json, ', ''), 'flag needs exactly one of file, url'],
    [
      'an agent chooses no file',
      file.replace('/etc/flags.json', '"/etc/${params.name}"'),
      'must not depend on what an agent writes',
    ],
    ['a file has its whole path', file.replace('/etc/', ''), 'must begin with /'],
    ['something is set', file.replace('{ state: DISABLED }', '{}'), 'sets nothing'],
    [
      'targeting is written once',
      file.replace('set: { state: DISABLED }', share.replace('set: {', 'set: { targeting: {},')),
      'stands in place of targeting: write one of them',
    ],
    [
      'a share has a size',
      file.replace('set: { state: DISABLED }', share.replace('20', '120')),
      'set.share.percent: must be at most 100',
    ],
  ])('%s', async (_, flag, problem) => {
    expect(await problemsOf(flag)).toContain(problem);
  });

  test('an undo takes back what the same executor did', async () => {
    const folder = await edited();
    await editFile(folder, flush, (text) =>
      text
        .replace(/rollback:\n(?: {2}.*\n)+/, '')
        .concat('\nrollback:\n  flag: { undo: true, timeout: 5s }\n'),
    );
    expect((await faultsOf(folder)).map(({ problem }) => problem).join('\n')).toContain(
      'undo takes back what the same executor did: execute has another one',
    );
  });
});
