import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { queryFault } from '../../src/adapters/index.ts';
import { standInEnv } from '../../src/exercise/env.ts';
import { loadScenario } from '../../src/exercise/load-scenario.ts';
import { filesIn, importsIn, refusedImports } from '../support/imports.ts';
import { TABLE } from '../support/rooms.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = filesIn(ROOT, 'src/exercise', ['.ts']);

test('nothing of an exercise knows an adapter that reaches anything real', () => {
  const imports = FILES.flatMap((file) => importsIn(ROOT, file));
  expect(imports.length).toBeGreaterThan(50);
  expect(refusedImports(TABLE, imports)).toEqual([]);
  const adapters = imports.flatMap(({ to }) => (to.startsWith('src/adapters/') ? [to] : []));
  expect(
    adapters
      .filter((to) => !to.startsWith('src/adapters/postgres/') && !to.startsWith('src/adapters/cedar/'))
      .sort(),
  ).toEqual([
    'src/adapters/temporal/activity-step.ts',
    'src/adapters/temporal/namespace.ts',
    'src/adapters/temporal/reviews.ts',
    'src/adapters/temporal/workflows.ts',
  ]);
});

test('nothing of an exercise reads the environment', () => {
  for (const file of FILES)
    expect(readFileSync(`${ROOT}/${file}`, 'utf8'), file).not.toContain('process.env');
});

test('a folder is read with addresses that are nobody’s, and with no value of the environment', async () => {
  process.env.SMTP_URL = 'smtp://real.example:587';
  try {
    const read = await loadScenario(`${ROOT}/exercises/bad-deploy.yaml`, undefined, queryFault);
    if (read.kind === 'faulty') throw new Error(JSON.stringify(read.faults));
    const { connections, installation } = read.loaded;
    expect(JSON.stringify([connections, installation.environments])).not.toContain('real.example');
    expect(connections.mail.smtpUrl).toBe('smtp://exercise.invalid');
    expect(installation.environments.production?.adminUrl).toBe('https://exercise.invalid/admin');
  } finally {
    delete process.env.SMTP_URL;
  }
});

test('what the scenario writes for a variable counts over what is made up', () => {
  expect(standInEnv({ STATUS_URL: 'https://status.invalid' }).STATUS_URL).toBe('https://status.invalid');
  expect(standInEnv({}).STATUS_URL).toBe('https://exercise.invalid');
});
