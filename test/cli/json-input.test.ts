import { expect, test } from 'vitest';
import { CommandError } from '../../src/cli/command-error.ts';
import { parseStrictJson } from '../../src/cli/json-input.ts';
import { parseProposal } from '../../src/contract/proposal.ts';

const parse = (source: string) => parseStrictJson(source, 'proposal.json');

test.each([
  ['at the top', '{"version": 1,\n"version": 2}', 2],
  ['inside', '{"params": {"a": 1,\n\n"a": 1}}', 3],
  ['in a list', '[{"a": 1},\n{"a": 1, "a": 1}]', 2],
  ['in other letters', '{"version": 1,\n"v\\u0065rsion": 2}', 2],
  ['with an empty name', '{"": 1,\n"": 2}', 2],
  ['that reaches the prototype', '{"__proto__": 1,\n"__proto__": 2}', 2],
])('a member that is there twice is a fault with its line: %s', (_, source, line) => {
  expect(() => parse(source)).toThrow(CommandError);
  expect(() => parse(source)).toThrow(
    new RegExp(`^proposal\\.json:${line}: .*: is written twice: keep one of them$`),
  );
});

test.each([
  '{"a": {"x": 1}, "b": {"x": 1}}',
  '[{"a": 1}, {"a": 1}]',
  '{\n\t"tabs": [\n\t\t1\n\t]\n}',
  '{"a": "# no comment", "b": "*no alias", "<<": {"c": "no merge"}}',
  '{"1": 1, "1.0": 2, "null": 3, "~": 4}',
  `{"${'long'.repeat(1_000)}": 1}`,
  '"\u2028"',
])('all other JSON is what JSON.parse makes of it: %s', (source) => {
  expect(parse(source)).toEqual(JSON.parse(source));
});

test.each(['', '{', "{'a': 1}", '{"a": 1,}', 'a: 1', '{"a": NaN}', '# nothing\n{}', '\ufeff{}'])(
  'what is YAML but not JSON, or neither, is refused: %j',
  (source) => {
    expect(() => parse(source)).toThrow(/^proposal\.json is not JSON: /);
  },
);

test('64 KiB are taken, one byte more is refused unread', () => {
  const limit = 64 * 1024;
  expect(parse(`"${'é'.repeat(limit / 2 - 1)}"`)).toHaveLength(limit / 2 - 1);
  expect(() => parse(`"${'é'.repeat(limit / 2 - 1)}" `)).toThrow(
    'proposal.json has 65537 bytes, at most 65536 are taken',
  );
});

test('nesting without end is refused as a proposal', () => {
  const deep = parse('['.repeat(30_000) + ']'.repeat(30_000));
  expect(parseProposal(deep)).toMatchObject({ kind: 'refused' });
});

test('a number that would arrive as another one is a fault with its line and its place', () => {
  expect(() => parse('{"params": {\n"id": 9007199254740993}}')).toThrow(
    'proposal.json:2: params.id: 9007199254740993 would arrive as another number: whole numbers go up to 9007199254740991 (2^53 - 1); send a larger one as text, in quotes',
  );
});
