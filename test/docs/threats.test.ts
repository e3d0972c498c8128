import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesIn, namesIn, pathOf, testsIn, textOf } from './page.ts';

const text = textOf('docs/threats.md');
const [, stays = ''] = text.split('\n## What stays open\n');

const rows = [...text.matchAll(/^\| ([AT]\d\d) \| (.+) \|$/gm)].map(([, id = '', rest = '']) => {
  const [threat = '', defence = '', tests = '', seenRed = '', ...more] = rest.split(' | ');
  return { id, threat, defence, tests, seenRed, more };
});

const numbered = (letter: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${letter}${String(i + 1).padStart(2, '0')}`);

test('every threat has one row', () => {
  expect(rows.map(({ id }) => id).toSorted()).toEqual([...numbered('A', 52), ...numbered('T', 38)]);
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
    const files = filesIn(defence);
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
  expect(textOf('SECURITY.md')).toContain('(docs/threats.md#what-stays-open)');
});
