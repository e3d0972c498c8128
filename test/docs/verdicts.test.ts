import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compareSchema } from '../../src/config/action-types/compare.ts';
import { watchSchema } from '../../src/config/action-types/watch.ts';
import { textOf } from './page.ts';

const page = textOf('docs/verdicts.md');

test('the watch that the page shows is one', () => {
  const [, yaml = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
  const { success, data } = watchSchema.safeParse(parse(yaml).watch);
  expect(success).toBe(true);
  expect(data?.metrics[0]?.compare).toMatchObject({ tolerance: 2, negligible: 0.001, lagMs: 10_000 });
});

test('the page names each field of a comparison as the file does, and what applies where nothing is written', () => {
  const fields = Object.keys(compareSchema.shape);
  expect(fields.length).toBeGreaterThan(8);
  expect(fields.filter((field) => !page.includes(`\`${field}\``))).toEqual([]);
  const { tolerance, confidence } = compareSchema.parse({});
  expect(page).toContain(`\`tolerance: ${tolerance}\``);
  expect(page).toContain(`\`confidence: ${confidence}\``);
});
