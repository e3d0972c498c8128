import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));
const text = readFileSync(pathOf('docs/threats.md'), 'utf8');
const [, stays = ''] = text.split('\n## What stays open\n');

const rows = [...text.matchAll(/^\| ([AT]\d\d) \| (.+) \|$/gm)].map(([, id = '', rest = '']) => {
  const [threat = '', defence = '', tests = '', seenRed = '', ...more] = rest.split(' | ');
  return { id, threat, defence, tests, seenRed, more };
});

/** The tests that a row names: file and name. */
const testsIn = (cell: string) =>
  [...cell.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = '', name = '']) => ({ file, name }));

/** The names of all tests of a file, and of their groups, as they are written there. */
function namesIn(file: string): string[] {
  const source = readFileSync(pathOf(file), 'utf8');
  const call = /(?:\b(?:test|it|describe)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...source.matchAll(call)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`);

test('every threat has one row', () => {
  expect(rows.map(({ id }) => id).toSorted()).toEqual([...numbered('A', 44), ...numbered('T', 38)]);
  expect(rows.filter(({ more }) => more.length > 0)).toEqual([]);
});

describe.each(rows)('$id', ({ id, defence, tests, seenRed }) => {
  test('names tests that exist, or says that there is none', () => {
    const named = testsIn(tests);
    const missing = named.filter(
      ({ file, name }) => !existsSync(pathOf(file)) || !namesIn(file).includes(name),
    );
    expect(missing).toEqual([]);
    expect(tests === 'not done' || named.length > 0).toBe(true);
    // Nothing else is in the cell: no name was misread.
    expect(named.map(({ file, name }) => `\`${file}\`: "${name}"`).join('; ') || 'not done').toBe(tests);
  });

  test('names files of the source that exist', () => {
    const files = [...defence.matchAll(/`([\w-]+(?:\/[\w.-]+)*\.(?:ts|sql|json|yaml))`/g)].map(
      ([, file = '']) => file,
    );
    expect(files.filter((file) => !existsSync(pathOf(file)))).toEqual([]);
    expect(defence.startsWith('not done') || files.length > 0).toBe(true);
  });

  test('was seen red, or says why not', () => {
    expect(seenRed).toMatch(/^(yes|no, because .+)$/);
  });

  test('is said to stay open where there is no defence', () => {
    if (tests === 'not done') expect(stays).toContain(id);
  });
});

test('SECURITY.md leads here', () => {
  expect(readFileSync(pathOf('SECURITY.md'), 'utf8')).toContain('(docs/threats.md#what-stays-open)');
});
