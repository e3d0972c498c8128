import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cedar } from '../../src/adapters/cedar/index.ts';
import { queryFault } from '../../src/adapters/index.ts';
import { loadInstallation, readScenario, scenarioFor } from '../../src/config/index.ts';
import { standInEnv } from '../../src/exercise/env.ts';
import { SHOP, shippedNames } from '../../src/exercise/shipped.ts';
import { ROOT } from './shell.ts';

const page = readFileSync(join(ROOT, 'docs/exercises.md'), 'utf8');

test('the scenario of docs/exercises.md is one', async () => {
  const [, text = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const { value, faults } = readScenario('docs/exercises.md', text);
  expect(faults).toEqual([]);
  const loaded = await loadInstallation(SHOP, standInEnv({}), cedar, queryFault);
  if (!value || loaded.kind === 'faulty') throw new Error('the folder is faulty');
  expect(scenarioFor(value, loaded.installation, loaded.checkParams).faults).toEqual([]);
});

test('docs/exercises.md tells of each scenario that ships', async () => {
  const told = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(told.toSorted()).toEqual(await shippedNames());
});
