import { describe, expect, test } from 'vitest';
import { BAD } from './bad-requests.ts';
import { GOOD } from './good-requests.ts';
import { found } from './requests.ts';

describe('a good request', () => {
  test.each(Object.entries(GOOD))('%s: nothing speaks against it', (_, asked) => {
    expect(found(asked).filter(({ weight }) => weight > 1)).toEqual([]);
  });

  test('one in twenty has a finding of any weight, at most', () => {
    const noted = Object.entries(GOOD).flatMap(([name, asked]) =>
      found(asked).map(({ text }) => `${name}: ${text}`),
    );
    expect(noted.length).toBeLessThanOrEqual(Object.keys(GOOD).length / 20);
  });
});

describe.each(Object.entries(BAD))('%s', (_, cases) => {
  test.each(cases.map(([asked, expected]) => [asked.summary, asked, expected] as const))(
    '%s',
    (_summary, asked, expected) => {
      expect(found(asked)).toContainEqual(expect.objectContaining(expected));
    },
  );
});
