import { expect, test } from 'vitest';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { type Edit, edited, lineOf } from '../broken.ts';

const FILE = 'actions/instances-scale.yaml';
const COUNT = 'count: { type: integer, minimum: 1, maximum: 20, unit: instances }';

async function notesOn(...edits: readonly Edit[]) {
  const folder = await edited(...edits);
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const notes = loaded.notes.filter(({ file }) => file.startsWith('actions/'));
  return { folder, notes: notes.map(({ file, line, problem }) => ({ file, line, problem })) };
}

test('the numbers of the example can all be compared', async () => {
  expect((await notesOn()).notes).toEqual([]);
});

test.each([
  ['no unit', 'count: { type: integer, minimum: 1, maximum: 20 }', 'no unit ("1" is a bare number)'],
  ['no maximum', 'count: { type: integer, minimum: 1, unit: instances }', 'no range (minimum and maximum)'],
  [
    'neither',
    'count: { type: integer, minimum: 1 }',
    'no unit ("1" is a bare number), no range (minimum and maximum)',
  ],
])('a number with %s is noted at its line', async (_, by, missing) => {
  const { folder, notes } = await notesOn({ file: FILE, replace: COUNT, by });
  expect(notes).toEqual([
    {
      file: FILE,
      line: await lineOf(folder, FILE, by),
      problem: `parameters.properties.count: is a number with ${missing}: people and the risk cannot tell a large change from a small one`,
    },
  ]);
});

test('so is a number whose value now is read nowhere', async () => {
  const { notes } = await notesOn({
    file: 'actions/schema-migrate.yaml',
    replace:
      'current:\n  layout: { http: { url: "${environment.adminUrl}/${target}", value: answer.dataLayout } }\n',
    by: '',
  });
  expect(notes).toMatchObject([
    {
      problem: expect.stringContaining(
        'parameters.properties.layout: is a number with no current.layout, which says where its value now is read',
      ),
    },
  ]);
});

test('a list of numbers is a range, and a number that names what is changed needs nothing', async () => {
  const listed = {
    file: FILE,
    replace: COUNT,
    by: 'count: { type: integer, enum: [1, 2, 3], unit: instances }',
  };
  expect((await notesOn(listed)).notes).toEqual([]);
  const naming = {
    file: FILE,
    replace: `${COUNT}\n`,
    by: `${COUNT}\n    shard: { type: integer }\n`,
  };
  const selecting = { file: FILE, replace: 'current:\n', by: 'current:\n  shard: { selects: true }\n' };
  expect((await notesOn(naming, selecting)).notes).toEqual([]);
});

test('a unit is a short text', async () => {
  const folder = await edited({ file: FILE, replace: 'unit: instances', by: 'unit: 7' });
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  expect(loaded).toMatchObject({
    kind: 'faulty',
    faults: [{ file: FILE, problem: expect.stringContaining('unit') }],
  });
});
