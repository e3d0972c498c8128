import { expect, test } from 'vitest';
import { lookup } from '../../../src/domain/shared/lookup.ts';

const table: Readonly<Record<string, number>> = { catalog: 1, cart: 0 };

test('a name in the table is found, whatever its value', () => {
  expect(lookup(table, 'catalog')).toBe(1);
  expect(lookup(table, 'cart')).toBe(0);
});

test.each([
  'web',
  '',
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'valueOf',
  'hasOwnProperty',
  '__defineGetter__',
])('%j is not in a table that does not hold it', (name) => {
  expect(lookup(table, name)).toBeUndefined();
});

test('a name that objects inherit is found once the table holds it', () => {
  expect(lookup({ constructor: 7 }, 'constructor')).toBe(7);
  expect(lookup<number>(JSON.parse('{"__proto__": 7}'), '__proto__')).toBe(7);
});

test('a table without a prototype is read like any other', () => {
  const bare: Record<string, number> = Object.assign(Object.create(null), { catalog: 1 });
  expect(lookup(bare, 'catalog')).toBe(1);
  expect(lookup(bare, 'toString')).toBeUndefined();
});
