import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LONGEST } from './longest-first.ts';

test('every file that is begun first is there', () => {
  expect(LONGEST.filter((name) => !existsSync(`test/${name}.test.ts`))).toEqual([]);
});
