import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hide } from '../../src/adapters/hide.ts';

test.each([
  ['as it is', 'you sent s3cret twice: s3cret', ['s3cret'], 'you sent *** twice: ***'],
  ['as JSON writes it', String.raw`{"token":"a\"b\\c"}`, [String.raw`a"b\c`], '{"token":"***"}'],
  [
    'as JSON in JSON writes it',
    String.raw`{"error":"{\"token\":\"a\\\"b\"}"}`,
    ['a"b'],
    String.raw`{"error":"{\"token\":\"***\"}"}`,
  ],
  ['as an address writes it', 'no such page: /x?token=a%2Fb%20c', ['a/b c'], 'no such page: /x?token=***'],
  ['with another one inside it', 'key-1-long and key-1', ['key-1', 'key-1-long'], '*** and ***'],
  ['that is empty, which is none', 'as it is', [''], 'as it is'],
])('a secret is hidden: one %s', (_, text, secrets, shown) => {
  expect(hide(text, secrets)).toBe(shown);
});

test('no secret is left in any text', () => {
  const secret = fc.string({ minLength: 4 }).filter((text) => !text.includes('*'));
  fc.assert(
    fc.property(fc.array(secret, { minLength: 1 }), fc.array(fc.string()), (secrets, between) => {
      const text = secrets.map((each, i) => `${between[i] ?? ''}${each}`).join('');
      const shown = hide(text, secrets);
      for (const each of secrets) expect(shown).not.toContain(each);
    }),
  );
});
