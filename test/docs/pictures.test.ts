import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pathOf, textOf } from './page.ts';

const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(pathOf('docs')).map((name) => `docs/${name}`)];

const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
const shown = pages
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) => named(textOf(path), /images\/([\w-]+)\.png/g));
const taken = named(textOf('scripts/pictures.ts'), /take\(page, '([\w-]+)'\)/g);
const kept = readdirSync(pathOf('docs/images')).map((name) => name.replace(/\.png$/, ''));

test('every picture that a page shows is one that the script takes from the demo, and no other is kept', () => {
  expect([...new Set(shown)].toSorted()).toEqual(taken.toSorted());
  expect(kept.toSorted()).toEqual(taken.toSorted());
});
