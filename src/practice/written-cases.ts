import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cedar } from '../adapters/cedar/index.ts';
import {
  type CheckQuery,
  type ConfigFault,
  caseFor,
  type Loaded,
  loadInstallation,
  readCase,
} from '../config/index.ts';
import { recast } from '../domain/drill/recast.ts';
import type { WrittenCase } from '../domain/practice/case.ts';
import { standInEnv } from '../exercise/env.ts';

/** The folder of the cases that ship, in the package and in a clone. */
export const SHIPPED_CASES = fileURLToPath(new URL('../../practice', import.meta.url));

/** The names of the cases of a folder. */
export async function writtenNames(folder: string): Promise<readonly string[]> {
  const files = await readdir(folder);
  return files.flatMap((file) => (file.endsWith('.yaml') ? basename(file, '.yaml') : [])).sort();
}

/**
 * Reads one case, with the names of another installation in place of its own.
 *
 * @param names the new name, by the name in the file
 */
export async function readCaseNamed(folder: string, name: string, names: Readonly<Record<string, string>>) {
  const file = join(folder, `${name}.yaml`);
  return readCase(name, file, recast(await readFile(file, 'utf8'), names));
}

/** What of an installation a case is ruled on by. */
export type RulesOfCase = Pick<
  Extract<Loaded, { kind: 'loaded' }>,
  'installation' | 'checkParams' | 'authorize' | 'connections'
>;

/** A case with the folder that it is ruled on by. */
export interface LoadedCase {
  readonly file: string;
  readonly written: WrittenCase;
  readonly loaded: RulesOfCase;
}

export type LoadedCases =
  | { readonly kind: 'loaded'; readonly cases: readonly LoadedCase[] }
  /** `where` has the faults: a case's file, or the folder that it names. */
  | { readonly kind: 'faulty'; readonly where: string; readonly faults: readonly ConfigFault[] };

/**
 * Reads the cases of a folder, each with the installation that it names. No variable of the real environment is read.
 *
 * @param installation the installation, where somebody names another one than the cases do
 * @param checkQuery returns what is wrong with a metric's query
 * @throws Error when a file cannot be read
 */
export async function loadCases(
  folder: string,
  installation: string | undefined,
  checkQuery: CheckQuery,
): Promise<LoadedCases> {
  const cases: LoadedCase[] = [];
  for (const name of await writtenNames(folder)) {
    const file = join(folder, `${name}.yaml`);
    const { value: read, faults } = await readCaseNamed(folder, name, {});
    if (!read) return { kind: 'faulty', where: file, faults };
    const { at, env = {}, installation: named } = read.written;
    const where = installation ?? (named === undefined ? '.' : join(dirname(file), named));
    const loaded = await loadInstallation(where, standInEnv(env), cedar, checkQuery, Date.parse(at));
    if (loaded.kind === 'faulty') return { kind: 'faulty', where, faults: loaded.faults };
    const { value: written, faults: nameFaults } = caseFor(read, loaded.installation, loaded.checkParams);
    if (!written) return { kind: 'faulty', where: file, faults: nameFaults };
    cases.push({ file, written, loaded });
  }
  return { kind: 'loaded', cases };
}
