import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numberText, shownJson, toDigits } from '../../../src/domain/shared/shown-json.ts';

test.each([
  [1e21, '1e21'],
  [-2.5e300, '-2.5e300'],
  [1e-7, '0.0000001'],
  [-1.25e-9, '-0.00000000125'],
  [1e-20, '0.00000000000000000001'],
  [5e-324, '5e-324'],
  [0.1, '0.1'],
  [1_000_000, '1000000'],
])('%d is shown as %s', (value, text) => {
  expect(numberText(value)).toBe(text);
});

test.each([
  [0.123456, 0.123],
  [-98_765, -98_800],
  [1.797e308, 1.797e308],
])('%d to three digits is %d', (value, rounded) => {
  expect(toDigits(value, 3)).toBe(rounded);
});

test('texts stay what they are', () => {
  expect(shownJson({ n: 1e-7, 'a1e+21': '"1e+21' })).toBe('{"n":0.0000001,"a1e+21":"\\"1e+21"}');
});

test('whatever is shown is the same JSON', () => {
  const anyJson = fc.jsonValue({ stringUnit: 'binary' });
  fc.assert(
    fc.property(anyJson, fc.constantFrom(0, 2), (value, indent) => {
      expect(JSON.parse(shownJson(value, indent))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
    { numRuns: 1_000 },
  );
});
