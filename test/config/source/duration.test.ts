import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDuration } from '../../../src/config/source/duration.ts';

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['24h', 86_400_000],
  ['1h30m', 5_400_000],
  ['1h1s', 3_601_000],
  ['0s', 0],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each(['', '5', '5 m', '5M', 'm', '-5m', '1.5h', '5m1h', '5m5m', '1d', '5m ', '99999h'])(
  '"%s" is no duration',
  (text) => {
    expect(parseDuration(text)).toBeUndefined();
  },
);

test('hours, minutes and seconds add up', () => {
  const part = fc.nat({ max: 9_999 });
  fc.assert(
    fc.property(part, part, part, (h, m, s) => {
      expect(parseDuration(`${h}h${m}m${s}s`)).toBe((h * 3_600 + m * 60 + s) * 1_000);
    }),
  );
});
