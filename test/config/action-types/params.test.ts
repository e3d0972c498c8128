import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { cedar } from '../../../src/adapters/cedar/index.ts';
import { loadInstallation } from '../../../src/config/index.ts';
import type { Fault, Json } from '../../../src/domain/shared/json.ts';
import { STOREFRONT_ENV } from '../../support/storefront-folder.ts';
import { edited } from '../broken.ts';

/** The example with one more action type, `any`, that takes these parameters. */
async function load(properties: { [name: string]: Json }, required: string[] = []) {
  const folder = await edited();
  await writeFile(
    join(folder, 'actions/any.yaml'),
    stringify({
      name: 'any',
      title: 'anything',
      tier: 3,
      severity: {},
      parameters: { type: 'object', additionalProperties: false, properties, required },
      execute: { command: { argv: ['true'], timeout: '1s' } },
    }),
  );
  const loaded = await loadInstallation(folder, STOREFRONT_ENV, cedar);
  if (loaded.kind === 'faulty') throw new Error(JSON.stringify(loaded.faults));
  const type = loaded.installation.actionTypes.any;
  if (!type) throw new Error('the action type was not loaded');
  return { type, checkParams: loaded.checkParams };
}

async function faultsOf(properties: { [name: string]: Json }, params: Json, required?: string[]) {
  const { type, checkParams } = await load(properties, required);
  return checkParams(type, params);
}

const count: Json = { type: 'integer', minimum: 1, maximum: 20 };

const refused: [string, Json, Json, Fault[]][] = [
  ['a number above its maximum', count, 21, [{ where: 'params.x', problem: 'must be <= 20' }]],
  ['a number below its minimum', count, 0, [{ where: 'params.x', problem: 'must be >= 1' }]],
  ['a number that is not whole', count, 1.5, [{ where: 'params.x', problem: 'must be integer' }]],
  ['a text for a number', count, '3', [{ where: 'params.x', problem: 'must be integer' }]],
  [
    'a value that is not in the list',
    { enum: ['eu', 'us'] },
    'asia',
    [{ where: 'params.x', problem: 'must be one of "eu", "us"' }],
  ],
  [
    'a text of another form',
    { type: 'string', pattern: '^[0-9]+$' },
    'one',
    [{ where: 'params.x', problem: 'must match pattern "^[0-9]+$"' }],
  ],
  [
    'a text of another format',
    { type: 'string', format: 'date' },
    'today',
    [{ where: 'params.x', problem: 'must match format "date"' }],
  ],
  [
    'what is inside another value',
    { type: 'array', items: { type: 'object', required: ['a'], properties: { a: count } } },
    [{ a: 1 }, { a: 99 }, {}],
    [
      { where: 'params.x.1.a', problem: 'must be <= 20' },
      { where: 'params.x.2.a', problem: 'is missing' },
    ],
  ],
];

test.each(refused)('%s is refused with what would pass', async (_, schema, value, faults) => {
  expect(await faultsOf({ x: schema }, { x: value })).toEqual(faults);
});

test('what passes has no faults', async () => {
  expect(await faultsOf({ x: count }, { x: 20 }, ['x'])).toEqual([]);
});

test('every fault is named at once', async () => {
  expect(await faultsOf({ size: count, zone: count }, { size: 0, zoen: 1 }, ['size', 'zone'])).toEqual([
    { where: 'params.zone', problem: 'is missing' },
    { where: 'params.zoen', problem: 'is not a known parameter; did you mean "zone"?' },
    { where: 'params.size', problem: 'must be >= 1' },
  ]);
});

test('parameters that were never compiled are an error, not a pass', async () => {
  const { type, checkParams } = await load({});
  expect(() => checkParams({ ...type, name: 'other' }, {})).toThrow(RangeError);
});
