import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { type CheckQuery, type ConfigFault, loadInstallation } from '../../src/config/index.ts';
import { copyStorefront, editFile, enterKeys, STOREFRONT_ENV } from '../support/storefront-folder.ts';

export interface Edit {
  readonly file: string;
  readonly replace: string;
  readonly by: string;
}

/** A small edit that breaks the example, and the one fault that it must give. */
export interface Broken extends Edit {
  readonly rule: string;
  /** Text on the faulty line; without it, the first line of what was put in that was not there before. */
  readonly at?: string;
  /** The faulty file, where it is another than the edited one. */
  readonly in?: string;
  readonly problem: string;
}

/** A copy of the example with keys and then these edits. */
export async function edited(...edits: readonly Edit[]): Promise<string> {
  const folder = await copyStorefront();
  await enterKeys(folder);
  for (const { file, replace, by } of edits) {
    await editFile(folder, file, (text) => {
      expect(text, `${file} no longer holds what this test replaces`).toContain(replace);
      return text.replace(replace, () => by);
    });
  }
  return folder;
}

/** The faults of a folder, without columns. */
export async function faultsOf(
  folder: string,
  env: Readonly<Record<string, string>> = STOREFRONT_ENV,
  checkQuery?: CheckQuery,
): Promise<Omit<ConfigFault, 'column'>[]> {
  const loaded = await loadInstallation(folder, env, cedar, checkQuery);
  const faults = loaded.kind === 'faulty' ? loaded.faults : [];
  return faults.map(({ file, line, problem }) => ({ file, line, problem }));
}

/** One test for each way to break the example. */
export function testBroken(table: readonly Broken[]): void {
  test.each(table)('$rule', async ({ problem, in: faulty, at, ...edit }) => {
    const folder = await edited(edit);
    const file = faulty ?? edit.file;
    const added = edit.by.split('\n').find((text) => !edit.replace.split('\n').includes(text));
    const line = await lineOf(folder, file, at ?? added ?? '');
    expect(await faultsOf(folder)).toEqual([{ file, line, problem }]);
  });
}

/** The line that a text is on, which must be there exactly once. */
export async function lineOf(folder: string, file: string, text: string): Promise<number> {
  const lines = (await readFile(join(folder, file), 'utf8')).split('\n');
  const found = lines.flatMap((line, i) => (line.includes(text) ? [i + 1] : []));
  expect(found, `"${text}" must be on one line of ${file}`).toHaveLength(1);
  return found[0] ?? 0;
}
