import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { referencePage } from '../../scripts/reference/page.ts';
import { examplesIn, rowsOf } from '../../scripts/reference/rows.ts';
import { actionSchema } from '../../src/config/action-types/actions.ts';
import { COMPONENT_ANNOTATIONS, SCHEMAS, USER_ANNOTATIONS } from '../../src/config/catalog/entity.ts';
import { fileSchema } from '../../src/config/rules/rules.ts';
import { scenarioSchema } from '../../src/config/scenario/schema.ts';
import { key } from '../../src/config/source/schema.ts';

const page = readFileSync(new URL('../../docs/reference.md', import.meta.url), 'utf8');

test('docs/reference.md is what "npm run reference" makes', () => {
  expect(page).toBe(referencePage());
});

test.each([
  ['countersign.yaml', fileSchema],
  ['an action type', actionSchema],
  ['a scenario', scenarioSchema],
  ...Object.entries(SCHEMAS),
  ['annotations of a Component', z.object(COMPONENT_ANNOTATIONS)],
  ['annotations of a User', z.object(USER_ANNOTATIONS)],
])('every example of %s passes the check of its key', (_, schema) => {
  const examples = examplesIn(schema);
  expect(examples.length).toBeGreaterThan(2);
  const faults = examples.flatMap(({ schema: checked, example }) => {
    const { error } = z.safeParse(checked, parse(example));
    return error ? [`${example}: ${error.issues[0]?.message}`] : [];
  });
  expect(faults).toEqual([]);
});

test('a key that does not say what it means, or gives no example, is found', () => {
  expect(() => rowsOf(z.object({ silent: z.string() }))).toThrow('silent has no meaning');
  expect(() => rowsOf(z.object({ vague: key(z.string(), 'Something.') }))).toThrow('vague has no example');
});

test('every link within the page leads to a heading', () => {
  const headings = [...page.matchAll(/^#+ (.+)$/gm)].map(([, words = '']) =>
    words
      .toLowerCase()
      .replace(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor);
  expect(links.length).toBeGreaterThan(10);
  expect(links.filter((anchor) => !headings.some((heading) => heading === anchor))).toEqual([]);
});
