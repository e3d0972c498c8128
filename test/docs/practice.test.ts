import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shippedCases } from '../practice/support.ts';
import { ROOT } from './shell.ts';

const page = readFileSync(join(ROOT, 'docs/practice.md'), 'utf8');

test('docs/practice.md tells of each case that ships, and whether it is good or bad', async () => {
  const told = [...page.matchAll(/^\| `([a-z-]+)` \| (good|bad) \|/gm)].map(([, name, is]) => [name, is]);
  const cases = await shippedCases();
  expect(told.toSorted()).toEqual(cases.map(({ written }) => [written.name, written.is]).toSorted());
});
