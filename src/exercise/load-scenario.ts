import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cedar } from '../adapters/cedar/index.ts';
import {
  type CheckQuery,
  type ConfigFault,
  type Loaded,
  loadInstallation,
  readScenario,
  scenarioFor,
} from '../config/index.ts';
import type { Scenario } from '../domain/exercise/scenario.ts';
import { standInEnv } from './env.ts';
import { SHOP } from './shipped.ts';
import { YEAR_BEGINS, yearOf } from './year.ts';

export type LoadedScenario =
  | {
      readonly kind: 'loaded';
      readonly scenario: Scenario;
      readonly loaded: Extract<Loaded, { kind: 'loaded' }>;
    }
  /** `where` has the faults: the scenario's file, or the folder that it names. */
  | { readonly kind: 'faulty'; readonly where: string; readonly faults: readonly ConfigFault[] };

/**
 * Reads a scenario and the folder that it exercises. No variable of the real environment is read.
 *
 * @param installation the folder, where somebody names another one than the scenario does
 * @param checkQuery returns what is wrong with a metric's query
 * @throws Error when the file cannot be read
 */
export async function loadScenario(
  file: string,
  installation: string | undefined,
  checkQuery: CheckQuery,
): Promise<LoadedScenario> {
  const { value: read, faults } = readScenario(file, await readFile(file, 'utf8'));
  if (!read) return { kind: 'faulty', where: file, faults };
  const { begins, env = {}, installation: named } = read.written;
  const folder = installation ?? (named === undefined ? '.' : join(dirname(file), named));
  const loaded = await loadInstallation(folder, standInEnv(env), cedar, checkQuery, Date.parse(begins));
  if (loaded.kind === 'faulty') return { kind: 'faulty', where: folder, faults: loaded.faults };
  const { value: scenario, faults: nameFaults } = scenarioFor(read, loaded.installation, loaded.checkParams);
  return scenario
    ? { kind: 'loaded', scenario, loaded }
    : { kind: 'faulty', where: file, faults: nameFaults };
}

/** A generated year of the shop that ships. @param count how many proposals */
export async function loadYear(count: number, checkQuery: CheckQuery): Promise<LoadedScenario> {
  const loaded = await loadInstallation(SHOP, standInEnv({}), cedar, checkQuery, YEAR_BEGINS);
  return loaded.kind === 'faulty'
    ? { kind: 'faulty', where: SHOP, faults: loaded.faults }
    : { kind: 'loaded', scenario: yearOf(loaded.installation, count), loaded };
}
