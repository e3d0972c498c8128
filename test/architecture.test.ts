import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  cyclesIn,
  filesIn,
  type Import,
  importsIn,
  importsOf,
  refusedBetweenFolders,
  refusedImports,
} from './support/imports.ts';
import { FOLDERS, TABLE } from './support/rooms.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CODE = ['.ts', '.js', '.mjs'];

/** Invariants of the design that no test is named after yet, and why. */
const NOT_YET_TESTED: readonly { readonly invariant: number; readonly why: string }[] = [];

const read = (file: string) => readFileSync(join(ROOT, file), 'utf8');
const sources = filesIn(ROOT, 'src', CODE);
const imports = sources.flatMap((file) => importsIn(ROOT, file));
const beside = ['benchmarks', 'examples'].flatMap((folder) => filesIn(ROOT, folder, CODE));

describe('what imports what', () => {
  test('the direction is kept', () => {
    expect(imports.length).toBeGreaterThan(300);
    expect(refusedImports(TABLE, imports)).toEqual([]);
  });

  test('benchmarks and examples know no more of us than they need', () => {
    const theirs = beside.flatMap((file) => importsIn(ROOT, file));
    expect(theirs.length).toBeGreaterThan(100);
    expect(refusedImports(TABLE, theirs)).toEqual([]);
  });

  test('within a room, folders import each other in one direction', () => {
    expect(refusedBetweenFolders(FOLDERS, imports)).toEqual([]);
    for (const [room, folders] of Object.entries(FOLDERS)) {
      const there = sources.filter((file) => file.startsWith(`src/${room}/`)).map((file) => file.split('/'));
      const names = there.flatMap(([, , folder = '', file]) => (file === undefined ? [] : [folder]));
      expect([...new Set(names)].filter((name) => name !== 'assets').toSorted()).toEqual(
        Object.keys(folders).toSorted(),
      );
    }
    const order = Object.keys(FOLDERS.domain ?? {});
    const upward = Object.entries(FOLDERS.domain ?? {}).flatMap(([from, all]) =>
      all.filter((to) => order.indexOf(to) >= order.indexOf(from)),
    );
    expect(upward).toEqual([]);
  });

  test('of a folder, what it may not import is found', () => {
    const found = (from: string, source: string) => refusedBetweenFolders(FOLDERS, importsOf(from, source));
    expect(found('src/domain/risk/x.ts', "import type { A } from '../ruling/a.ts';")).toEqual([
      'src/domain/risk/x.ts may not import src/domain/ruling/a.ts: domain/risk stands below domain/ruling',
    ]);
    expect(found('src/gateway/pages/x.ts', "import { a } from '../app.ts';")).toHaveLength(1);
    expect(found('src/domain/risk/x.ts', "import type { A } from '../shared/a.ts';")).toEqual([]);
    expect(found('src/gateway/app.ts', "import { a } from './pages/a.ts';")).toEqual([]);
  });

  test('nothing imports the worker but the command that becomes one', () => {
    const importers = imports.filter(({ to }) => to === 'src/worker.ts');
    expect(importers).toEqual([{ from: 'src/cli/usage/worker.ts', to: 'src/worker.ts', kind: 'dynamic' }]);
  });

  test('nothing imports the main of the gateway but the command that becomes one', () => {
    const importers = imports.filter(({ to }) => to === 'src/gateway.ts');
    expect(importers).toEqual([{ from: 'src/cli/usage/gateway.ts', to: 'src/gateway.ts', kind: 'dynamic' }]);
  });

  test('every import of ours names a file that is there', () => {
    expect(imports.filter(({ to }) => to.startsWith('src/') && !existsSync(join(ROOT, to)))).toEqual([]);
  });

  test('no files import each other in a circle, not even types', () => {
    expect(cyclesIn(imports)).toEqual([]);
  });

  const bent: [string, string, string][] = [
    ['src/domain/x.ts', "import { z } from 'zod';", 'may not import zod (value)'],
    ['src/domain/x.ts', "import { sleep } from 'node:timers/promises';", 'may not import node (value)'],
    [
      'src/domain/x.ts',
      "import type { A } from '../contract/a.ts';",
      'may not import src/contract/a.ts (type)',
    ],
    [
      'src/contract/x.ts',
      "export { a } from '../activities/a.ts';",
      'may not import src/activities/a.ts (value)',
    ],
    [
      'src/workflows/x.ts',
      "import { a } from '../activities/a.ts';",
      'may not import src/activities/a.ts (value)',
    ],
    [
      'src/workflows/x.ts',
      "import { type A, b } from '../activities/a.ts';",
      'may not import src/activities/a.ts (value)',
    ],
    ['src/workflows/x.ts', "import '../activities/a.ts';", 'may not import src/activities/a.ts (value)'],
    ['src/activities/x.ts', "import { Pool } from 'pg';", 'may not import pg (value)'],
    [
      'src/activities/x.ts',
      "const a = await import('../adapters/a.ts');",
      'may not import src/adapters/a.ts (dynamic)',
    ],
    [
      'src/client/x.ts',
      "type A = import('../activities/a.ts').A;",
      'may not import src/activities/a.ts (type)',
    ],
    [
      'src/adapters/x.ts',
      "import { a } from '../activities/notify.ts';",
      'may not import src/activities/notify.ts (value)',
    ],
    ['src/config/x.ts', "import { a } from '../adapters/a.ts';", 'may not import src/adapters/a.ts (value)'],
    ['src/cli/x.ts', "import '../worker.ts';", 'may not import src/worker.ts (value)'],
    ['src/dev/x.ts', "import '../worker.ts';", 'may not import src/worker.ts (value)'],
    ['src/gateway/x.ts', "import { Pool } from 'pg';", 'may not import pg (value)'],
    [
      'src/constructor/x.ts',
      "import 'zod';",
      'src/constructor has no line in the table of what may be imported',
    ],
  ];

  test.each(bent)('in %s, %s is found', (file, source, fault) => {
    expect(refusedImports(TABLE, importsOf(file, source)).join()).toContain(fault);
  });

  test.each([
    ['src/workflows/x.ts', "import type { A } from '../activities/a.ts';"],
    ['src/workflows/x.ts', "import { type A } from '../activities/a.ts';"],
    ['src/adapters/x.ts', "import { STALE_AFTER_MS } from '../domain/analysis/condition.ts';"],
    ['src/cli/commands/x.ts', "await import('../../worker.ts');"],
    ['src/domain/x.ts', "import { sha256 } from '@noble/hashes/sha2.js';"],
  ])('in %s, %s is allowed', (file, source) => {
    expect(importsOf(file, source)).toHaveLength(1);
    expect(refusedImports(TABLE, importsOf(file, source))).toEqual([]);
  });

  test('a circle is found, with the way around it', () => {
    const edge = (from: string, to: string): Import => ({ from, to, kind: 'type' });
    expect(
      cyclesIn([edge('a', 'b'), edge('b', 'c'), edge('c', 'd'), edge('d', 'b'), edge('a', 'd')]),
    ).toEqual(['b -> c -> d -> b']);
    expect(cyclesIn([edge('a', 'a')])).toEqual(['a -> a']);
    expect(cyclesIn([edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd')])).toEqual([]);
  });
});

test('domain, contract and workflows write to no console', () => {
  const quiet = sources.filter((file) => /^src\/(domain|contract|workflows)\//.test(file));
  expect(quiet.length).toBeGreaterThan(30);
  expect(quiet.filter((file) => /\bconsole\s*\./.test(read(file)))).toEqual([]);
});

describe('the invariants of the design', () => {
  const ALL = Array.from({ length: 14 }, (_, n) => n + 1);
  /** The numbers that follow `INVARIANT` or `INVARIANTS`, wherever the pattern finds them. */
  const numbersIn = (text: string, pattern: RegExp) =>
    [...text.matchAll(pattern)].flatMap(([, numbers = '']) => numbers.split(', ').map(Number));
  const IN_COMMENTS = /(?:\/\/|\*).*?INVARIANTS? (\d+(?:, \d+)*)/g;
  const IN_TEST_NAMES = /['"`]INVARIANTS? (\d+(?:, \d+)*):/g;

  const named = new Set(sources.flatMap((file) => numbersIn(read(file), IN_COMMENTS)));
  const tests = filesIn(ROOT, 'test', ['.test.ts']).filter((file) => file !== 'test/architecture.test.ts');
  const tested = new Set(tests.flatMap((file) => numbersIn(read(file), IN_TEST_NAMES)));

  test('each is named where the code upholds it', () => {
    expect(ALL.filter((n) => !named.has(n))).toEqual([]);
  });

  test('each has a test that is named after it, but for those that say why not', () => {
    const excused = NOT_YET_TESTED.map(({ invariant }) => invariant);
    expect(ALL.filter((n) => !tested.has(n) && !excused.includes(n))).toEqual([]);
  });

  test('none is excused that has a test by now', () => {
    expect(NOT_YET_TESTED.filter(({ invariant }) => tested.has(invariant))).toEqual([]);
  });

  test('no other number is named', () => {
    expect([...named, ...tested].filter((n) => !ALL.includes(n))).toEqual([]);
  });

  test('names are read from comments and from the beginnings of test names alone', () => {
    expect(numbersIn('/** INVARIANT 7: x */ // INVARIANTS 1, 2, 8: y', IN_COMMENTS)).toEqual([7, 1, 2, 8]);
    expect(numbersIn("const x = 'INVARIANT 7';", IN_COMMENTS)).toEqual([]);
    expect(numbersIn("test('INVARIANTS 3, 5: x'); // INVARIANT 9", IN_TEST_NAMES)).toEqual([3, 5]);
  });
});
