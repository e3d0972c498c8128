import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { bundleForExercises } from '../../scripts/bundle.ts';
import { queryFault } from '../../src/adapters/index.ts';
import type { ExerciseReport } from '../../src/domain/exercise/report.ts';
import { play } from '../../src/exercise/exercise.ts';
import { loadScenario } from '../../src/exercise/load-scenario.ts';
import { reportOn } from '../../src/exercise/reported.ts';
import { shippedNames } from '../../src/exercise/shipped.ts';
import { createDatabase } from '../support/database.ts';
import { quiet } from '../support/quiet.ts';

const SHIPPED = fileURLToPath(new URL('../../exercises', import.meta.url));
const SOURCES = fileURLToPath(new URL('../../src/', import.meta.url));

let code: string;

beforeAll(async () => {
  quiet();
  code = await bundleForExercises(SOURCES, '.ts');
});

/** The report on a scenario that is played on the servers of the test run. */
async function played(name: string): Promise<ExerciseReport> {
  const read = await loadScenario(join(SHIPPED, `${name}.yaml`), undefined, queryFault);
  if (read.kind === 'faulty') throw new Error(JSON.stringify(read.faults, null, 2));
  const database = await createDatabase();
  try {
    const servers = {
      temporal: inject('temporalAddress'),
      database: database.urls.worker,
      workflowBundle: { code },
    };
    return reportOn(read.scenario, await play(read.scenario, read.loaded, servers));
  } finally {
    await database.drop();
  }
}

/** What happened to an action, in order, without when. */
const storyOf = (report: ExerciseReport, name: string): string[] =>
  report.accounts.find((account) => account.name === name)?.timeline.map(({ what }) => what) ?? [];

/** What also has to be so, beside what the scenario itself expects. */
const MORE: Readonly<Record<string, (report: ExerciseReport) => void>> = {
  'bad-deploy': (report) => {
    expect(storyOf(report, 'deploy-2.5.0').filter((what) => what.startsWith('page'))).toEqual([
      'page to noor: asks for an approval',
    ]);
    expect(storyOf(report, 'deploy-2.5.0')).toContain('the rollback is done');
  },
  'compromised-agent': (report) => {
    expect(report.accounts.flatMap(({ effect }) => (effect === 'stands' ? [effect] : []))).toEqual([]);
  },
  'forty-in-ten-minutes': (report) => {
    expect(report.accounts).toHaveLength(40);
    expect(report.ends).toMatchObject({ deniedByPolicy: expect.any(Number) });
    expect(report.loads.every(({ messages }) => messages < 30)).toBe(true);
  },
  handover: (report) => {
    const paged = (name: string) => storyOf(report, name).filter((what) => what.startsWith('page'));
    expect(paged('before-the-handover')).toEqual(['page to linus: asks for an approval']);
    expect(paged('across-the-handover')).toEqual(['page to noor: asks for an approval']);
  },
  'silent-night': (report) => {
    expect(report.answers).toBeUndefined();
    expect(report.unheard).toMatchObject([
      { name: 'deploy-checkout', kind: 'notAnswered' },
      { name: 'scale-cart-while-the-pager-is-down', kind: 'notDelivered' },
      { name: 'scale-cart-while-the-pager-is-down', kind: 'notDelivered' },
    ]);
  },
};

describe.concurrent('the scenarios that ship', async () => {
  test.each(await shippedNames())('%s goes as it expects', async (name) => {
    const report = await played(name);
    expect(report.unexpected, JSON.stringify(report.accounts, null, 1)).toEqual([]);
    MORE[name]?.(report);
  });
});
