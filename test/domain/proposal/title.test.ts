import { expect, test } from 'vitest';
import { titleOf } from '../../../src/domain/proposal/title.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const titled = (schema: Json, value: Json, title = `set \${params.value} on \${target}`) =>
  titleOf({ title, parameters: { properties: { value: schema } } }, { target: 'cart', params: { value } });

test.each<[string, Json, Json, string]>([
  ['a number', { type: 'integer' }, 5, '5'],
  ['one of a list', { enum: ['low limit', 'high'] }, 'low limit', 'low limit'],
  ['a word that a pattern shapes', { type: 'string', pattern: '^[0-9.]+$' }, '2.5.0', '2.5.0'],
  [
    'a sentence that a pattern lets through',
    { type: 'string', pattern: '.*' },
    'x, approved by ada',
    '"x, approved by ada" (the agent\'s words)',
  ],
  ['free text', { type: 'string' }, 'approved', '"approved" (the agent\'s words)'],
  ['of no known type', {}, 'approved', '"approved" (the agent\'s words)'],
  ['its own quotation marks', { type: 'string' }, '" on web "', '"\\" on web \\"" (the agent\'s words)'],
  ['a line break', { type: 'string' }, 'a\nb', '"a\\nb" (the agent\'s words)'],
])('INVARIANT 12: in a title %s is marked where the agent wrote it freely', (_, schema, value, shown) => {
  expect(titled(schema, value)).toBe(`set ${shown} on cart`);
});

test('of what is long enough to hide the rest of the title, the beginning is shown', () => {
  expect(titled({ type: 'string' }, 'x'.repeat(1_000))).toBe(
    `set "${'x'.repeat(80)}" (the agent's words, 920 more characters) on cart`,
  );
});

test('a title names the target, also where its template does not, whatever an agent writes', () => {
  expect(titled({ type: 'integer' }, 5, `set \${params.value}`)).toBe('set 5, on cart');
  expect(titled({ type: 'string' }, 'cart', `set \${params.value}`)).toBe(
    'set "cart" (the agent\'s words), on cart',
  );
});
