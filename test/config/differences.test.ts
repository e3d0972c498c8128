import { expect, test } from 'vitest';
import { differencesBetween } from '../../src/config/index.ts';

test('each file that was added, changed or removed is told with its lines', () => {
  const before = { 'a.yaml': 'one\ntwo\n', 'b.yaml': 'same\n', 'c.yaml': 'gone\n' };
  const after = { 'a.yaml': 'one\n2\n', 'b.yaml': 'same\n', 'd.yaml': 'new\n' };
  expect(differencesBetween(before, after)).toEqual([
    { file: 'a.yaml', kind: 'changed', difference: '@@ -1,2 +1,2 @@\n one\n-two\n+2\n' },
    { file: 'c.yaml', kind: 'removed', difference: '@@ -1,1 +0,0 @@\n-gone\n' },
    { file: 'd.yaml', kind: 'added', difference: '@@ -0,0 +1,1 @@\n+new\n' },
  ]);
});

test('folders with the same files have no difference', () => {
  expect(differencesBetween({ 'a.yaml': 'one' }, { 'a.yaml': 'one' })).toEqual([]);
});

test('a difference that is too long ends early, and says so', () => {
  const long = 'a line of text\n'.repeat(5_000);
  const [change] = differencesBetween({}, { 'a.yaml': long });
  expect(change).toMatchObject({ kind: 'added', cut: true });
  expect(change?.difference.length).toBe(16_000);
});

test('all differences together have an end too', () => {
  const after = Object.fromEntries(
    Array.from({ length: 40 }, (_, n) => [`${n}.yaml`, 'line\n'.repeat(4_000)]),
  );
  const changes = differencesBetween({}, after);
  expect(changes).toHaveLength(40);
  expect(changes.reduce((sum, { difference }) => sum + difference.length, 0)).toBe(128_000);
});
