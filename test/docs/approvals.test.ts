import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { edited, faultsOf } from '../config/broken.ts';
import { editFile } from '../support/storefront-folder.ts';

const GUIDE = readFileSync(new URL('../../docs/approvals.md', import.meta.url), 'utf8');
const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(GUIDE) ?? [];

test('the approval of several groups is sound in place of that of the example, and needs its second mail', async () => {
  const folder = await edited();
  await editFile(folder, 'countersign.yaml', (text) =>
    text.replace(/^approval:\n(?: .*\n)+/m, () => example),
  );
  expect(await faultsOf(folder)).toEqual([]);
  await editFile(folder, 'countersign.yaml', (text) => text.replace(/^.*notify: group:security.*\n/m, ''));
  expect(await faultsOf(folder)).toEqual([
    expect.objectContaining({ problem: expect.stringContaining('add a step that mails group:security') }),
  ]);
});
