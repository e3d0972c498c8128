import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => readFileSync(`${ROOT}/${path}`, 'utf8');
const pages = ['README.md', 'ARCHITECTURE.md', ...readdirSync(`${ROOT}/docs`).map((name) => `docs/${name}`)];

const named = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, name = '']) => name);
const shown = pages
  .filter((path) => path.endsWith('.md'))
  .flatMap((path) => named(read(path), /images\/([\w-]+)\.png/g));
const taken = named(read('scripts/pictures.ts'), /take\(page, '([\w-]+)'\)/g);
const kept = readdirSync(`${ROOT}/docs/images`).map((name) => name.replace(/\.png$/, ''));

test('every picture that a page shows is one that the script takes from the demo, and no other is kept', () => {
  expect([...new Set(shown)].toSorted()).toEqual(taken.toSorted());
  expect(kept.toSorted()).toEqual(taken.toSorted());
});
