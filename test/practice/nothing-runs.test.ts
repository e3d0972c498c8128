import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { filesIn, importsIn, refusedImports } from '../support/imports.ts';
import { TABLE } from '../support/rooms.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FILES = filesIn(ROOT, 'src/practice', ['.ts']);

/** Every file and package that is loaded with practice. */
function loadedWith(files: readonly string[]): string[] {
  const loaded = new Set<string>();
  const load = (file: string) => {
    if (loaded.has(file)) return;
    loaded.add(file);
    if (!file.startsWith('src/')) return;
    for (const { to, kind } of importsIn(ROOT, file)) if (kind !== 'type') load(to);
  };
  for (const file of files) load(file);
  return [...loaded].sort();
}

test('practice knows what rules and what draws pages, and nothing else', () => {
  const imports = FILES.flatMap((file) => importsIn(ROOT, file));
  expect(imports.length).toBeGreaterThan(50);
  expect(refusedImports(TABLE, imports)).toEqual([]);
});

test('nothing that executes, tells people or reaches Temporal is even loaded with practice', () => {
  const loaded = loadedWith(FILES);
  expect(loaded.length).toBeGreaterThan(200);
  expect(loaded.filter((file) => file.startsWith('@temporalio/'))).toEqual([
    // The type of an error, and where an activity stands. Neither has a connection.
    '@temporalio/activity',
    '@temporalio/common',
  ]);
  const ofActivities = loaded.filter((file) => file.startsWith('src/activities/'));
  expect(ofActivities.filter((file) => !/^src\/activities\/(ruling|shared|watch)\//.test(file))).toEqual([]);
  const adapters = loaded.filter((file) => file.startsWith('src/adapters/'));
  expect(adapters.filter((file) => !/^src\/adapters\/(postgres|cedar)\//.test(file))).toEqual([
    'src/adapters/listen.ts',
  ]);
});

test('nothing of practice reads the environment', () => {
  for (const file of FILES)
    expect(readFileSync(`${ROOT}/${file}`, 'utf8'), file).not.toContain('process.env');
});
