import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { filesIn, namesIn, pathOf, testsIn, textOf } from './page.ts';

const [, ...sections] = textOf('docs/invariants.md').split(/^## /m);
const invariants = sections.map((section) => {
  const [, number = ''] = /^(\d+)\. /.exec(section) ?? [];
  const [, code = '', tests = ''] =
    /\n\nUpheld in:\n([\s\S]*?)\n\nTested in:\n([\s\S]*)$/.exec(section) ?? [];
  return { number: Number(number), code, tests };
});

/** Whether comments of a source, or names of tests, speak of an invariant. */
const speaksOf = (text: string, number: number) =>
  [...text.matchAll(/INVARIANTS? (\d+(?:,\s(?:\*\s)?\d+)*)/g)].some(([, numbers = '']) =>
    (numbers.match(/\d+/g) ?? []).map(Number).includes(number),
  );

test('each invariant has one section, in order', () => {
  expect(invariants.map(({ number }) => number)).toEqual(Array.from({ length: 14 }, (_, n) => n + 1));
});

describe.each(invariants)('invariant $number', ({ number, code, tests }) => {
  test('names files that say they uphold it', () => {
    const files = filesIn(code);
    expect(files).not.toEqual([]);
    expect(files.filter((file) => !existsSync(pathOf(file)) || !speaksOf(textOf(file), number))).toEqual([]);
    // Nothing else stands there: no name was misread.
    expect(files.map((file) => `- \`${file}\``).join('\n')).toBe(listed(code));
  });

  test('names tests that exist and bear its number', () => {
    const named = testsIn(tests);
    expect(named).not.toEqual([]);
    const missing = named.filter(
      ({ file, name }) => !existsSync(pathOf(file)) || !namesIn(file).includes(name),
    );
    expect(missing).toEqual([]);
    expect(named.filter(({ name }) => !/^INVARIANTS? /.test(name) || !speaksOf(name, number))).toEqual([]);
    expect(named.map(({ file, name }) => `- \`${file}\`: "${name}"`).join('\n')).toBe(tests.trim());
  });
});

/** The lines of a list without what is said of each file. */
const listed = (list: string) => list.replace(/^(- `[^`]+`): .*$/gm, '$1').trim();

test('ARCHITECTURE.md leads here', () => {
  expect(textOf('ARCHITECTURE.md')).toContain('(docs/invariants.md)');
});
