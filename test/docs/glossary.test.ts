import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { filesIn, pathOf, textOf } from './page.ts';

const rows = [...textOf('docs/glossary.md').matchAll(/^\| (?!word|-)(.+?) \| (.+) \| (.+) \|$/gm)].map(
  ([, word = '', meaning = '', file = '']) => ({ word, meaning, file }),
);

test('every word stands once, in the order of the alphabet', () => {
  const words = rows.map(({ word }) => word);
  expect(words.length).toBeGreaterThan(60);
  expect([...new Set(words)].toSorted((a, b) => a.localeCompare(b, 'en'))).toEqual(words);
});

test('every word has a meaning in one or two sentences, and one file that exists', () => {
  for (const { word, meaning, file } of rows) {
    expect(meaning.endsWith('.'), word).toBe(true);
    expect(filesIn(file), word).toHaveLength(1);
    expect(
      filesIn(file).filter((path) => !existsSync(pathOf(path))),
      word,
    ).toEqual([]);
  }
});
