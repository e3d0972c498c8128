import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { planData } from '../../src/cli/dev-data.ts';

let folder: string;
let home: string;
let installation: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dev-data-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  home = join(folder, 'home');
  installation = join(folder, 'one', 'installation');
  await mkdir(installation, { recursive: true });
});

test('an installation has the same folder at each start, and another one of its name has another', async () => {
  const first = await planData(installation, {}, home);
  await first.release();
  const again = await planData(installation, {}, home);
  const other = join(folder, 'two', 'installation');
  await mkdir(other, { recursive: true });
  const others = await planData(other, {}, home);
  expect(first.directory).toMatch(/home\/installation-[0-9a-f]{8}$/);
  expect(first.said).toBe(first.directory);
  expect(again.directory).toBe(first.directory);
  expect(others.directory).not.toBe(first.directory);
});

test('a second start beside the first keeps nothing, and says why', async () => {
  const { directory } = await planData(installation, {}, home);
  expect(await planData(installation, {}, home)).toMatchObject({
    directory: undefined,
    said: `not kept, as ${directory} is used by process ${process.pid}`,
  });
  await expect(planData(installation, { directory: directory ?? '' }, home)).rejects.toThrow(
    `${directory} is used by process ${process.pid}: end it, or name another --directory`,
  );
});

test('what a process that was killed left in use is free', async () => {
  const { directory = '' } = await planData(installation, {}, home);
  // Above the highest pid that Linux and macOS give.
  await writeFile(join(directory, 'in-use-by'), '99999999');
  expect((await planData(installation, {}, home)).directory).toBe(directory);
});

test('with --temporary nothing is made', async () => {
  expect(await planData(installation, { temporary: true }, home)).toMatchObject({ directory: undefined });
  expect(await readdir(folder)).toEqual(['one']);
});
