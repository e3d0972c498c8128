import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exactJsonIn, inexactIn, isKept } from '../../../src/domain/shared/exact-json.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const faultsOf = (text: string) => {
  const json = exactJsonIn(text);
  return json.kind === 'altered' ? json.faults : [];
};

describe('a number arrives as it was sent, or is refused', () => {
  test.each(['0', '-0', '0.0', '-1', '1.50', '0.1', '1e3', '1E+3', '9007199254740991', '-9007199254740991'])(
    '%s is taken',
    (written) => expect(isKept(written)).toBe(true),
  );

  test.each(['1e21', '1E+21', '2.5e300', '0.0000001', '1e-7', '1.7976931348623157e308', '5e-324'])(
    '%s, large or small as it is, is taken',
    (written) => expect(isKept(written)).toBe(true),
  );

  test.each([
    '9007199254740992',
    '9007199254740993',
    '-9007199254740993',
    '9007199254740993.0',
    '9007199254740991.5',
    '9.007199254740993e15',
    '12345678901234567890',
    '1000000000000000000001',
    '1.000000000000000000001e21',
    '1e20',
    '1e400',
    '-1e400',
    '1e-400',
  ])('%s is refused', (written) => expect(isKept(written)).toBe(false));

  test('with its place, and with what would pass', () => {
    expect(faultsOf('{"a": [1, {"b": 9007199254740993}]}')).toEqual([
      {
        where: 'a.1.b',
        problem:
          '9007199254740993 would arrive as another number: whole numbers go up to 9007199254740991 (2^53 - 1); send a larger one as text, in quotes',
      },
    ]);
  });

  test('whichever whole number is written in digits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (sent) => {
        const arrived = exactJsonIn(`{"n":${sent}}`);
        const isTaken = arrived.kind === 'json';
        expect(isTaken).toBe(sent > -(2n ** 53n) && sent < 2n ** 53n);
        if (isTaken) expect(arrived.value).toEqual({ n: Number(sent) });
      }),
    );
  });
});

describe('a member that is there twice is refused', () => {
  test.each([
    ['{"a": 1, "a": 2}', 'a'],
    ['{"a": 1, "\\u0061": 2}', 'a'],
    ['{"x": [{"a": 1}, {"a": 1, "b": {}, "a": 1}]}', 'x.1.a'],
    ['{"__proto__": 1, "__proto__": 2}', '__proto__'],
  ])('%s', (text, where) => {
    expect(faultsOf(text)).toEqual([{ where, problem: 'is written twice: keep one of them' }]);
  });
});

test('every JSON text of other numbers and names is what JSON.parse makes of it', () => {
  const text = fc
    .jsonValue({ maxDepth: 6, stringUnit: 'binary' })
    .filter((value) => inexactIn(value as Json).length === 0)
    .chain((value) => fc.constantFrom(0, 1, 2).map((indent) => JSON.stringify(value, null, indent)));
  fc.assert(
    fc.property(text, (written) => {
      expect(exactJsonIn(written)).toEqual({ kind: 'json', value: JSON.parse(written) });
    }),
    { numRuns: 1_000 },
  );
});

test('what is no JSON is none', () => {
  expect(exactJsonIn('{"a": 1,}')).toEqual({ kind: 'none' });
});
