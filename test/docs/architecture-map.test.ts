import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pathOf, textOf } from './page.ts';

const page = textOf('ARCHITECTURE.md');
const [, map = ''] = /\n## Where is \.\.\.\n([\s\S]*?)\n## /.exec(page) ?? [];

/** What is written as code and looks like a path: a slash, or an ending. */
const pathsIn = (text: string) =>
  [...text.matchAll(/`((?:src|test|examples)\/[\w./-]+|[\w-]+\.(?:ts|sql|json|yaml|md))`/g)].map(
    ([, path = '']) => path,
  );

test('every file and folder that ARCHITECTURE.md names exists', () => {
  expect(pathsIn(page).length).toBeGreaterThan(60);
  expect(pathsIn(page).filter((path) => !existsSync(pathOf(path)))).toEqual([]);
});

test('every row of its table leads to a file, and the table comes before all else', () => {
  const rows = [...map.matchAll(/^\| (?!the rule)(\w.*?) \| (.*) \|$/gm)].map(([, , files = '']) => files);
  expect(rows.length).toBeGreaterThanOrEqual(20);
  expect(rows.filter((files) => pathsIn(files).length === 0)).toEqual([]);
  expect(page.slice(0, page.indexOf('## Where is ...'))).not.toContain('## ');
});
