import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The place of a file of the repository. */
export const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

export const textOf = (file: string) => readFileSync(pathOf(file), 'utf8');

/** The tests that a piece of a page names, as `test/file.test.ts`: "title". */
export const testsIn = (text: string) =>
  [...text.matchAll(/`(test\/[^`]+)`: "([^"]+)"/g)].map(([, file = '', name = '']) => ({ file, name }));

/** The files of the source that a piece of a page names. */
export const filesIn = (text: string) =>
  [...text.matchAll(/`([\w-]+(?:\/[\w.-]+)*\.(?:ts|sql|json|yaml))`/g)].map(([, file = '']) => file);

/** The names of all tests of a file, and of their groups, as they are written there. */
export function namesIn(file: string): string[] {
  const call = /(?:\b(?:test|it|describe|concurrent)|\))\(\s*(['"`])((?:\\.|(?!\1)[^\\])*)\1/g;
  return [...textOf(file).matchAll(call)].map(([, , name = '']) => name.replaceAll(/\\(.)/g, '$1'));
}
