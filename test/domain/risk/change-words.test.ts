import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changeLine, changeWords } from '../../../src/domain/risk/change-words.ts';
import type { ParameterChange, ValueNow } from '../../../src/domain/risk/parameter-change.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const AT = 1_800_000_000_000;
const DAY = 24 * 3_600_000;
const read = (value: Json): ValueNow => ({ kind: 'read', value, at: AT });
const change = (from: Json, to: Json, more: Partial<ParameterChange> = {}): ParameterChange => ({
  parameter: 'count',
  to,
  from: read(from),
  ...more,
});
const lineOf = (...of: Parameters<typeof change>) => changeLine(change(...of), AT);

describe('a change in one line', () => {
  test.each<[Json, Json, string]>([
    [7, 4, '7 -> 4: three fewer, 42.9 % less'],
    [4, 5, '4 -> 5: one more, 25 % more'],
    [5, 50, '5 -> 50: 45 more, 10 times as much'],
    [2_000, 20, '2000 -> 20: 1980 fewer, 1/100 of now'],
    [4, 2, '4 -> 2: two fewer, 50 % less'],
    [4, 9, '4 -> 9: five more, 2.25 times as much'],
    [0.3, 0.1, '0.3 -> 0.1: 0.2 less, 66.7 % less'],
    [4, 4, '4 -> 4: no change'],
    [0, 3, '0 -> 3: three more'],
    [3, 0, '3 -> 0: three fewer'],
    [-5, 5, '-5 -> 5: ten more'],
    [-5, -50, '-5 -> -50: 45 fewer'],
    ['2.3.1', '2.4.0', '"2.3.1" -> "2.4.0"'],
    ['2.3.1', '2.3.1', '"2.3.1" -> "2.3.1": no change'],
    ['4', 4, '"4" -> 4'],
    [['a'], ['a', 'b'], '["a"] -> ["a","b"]'],
    [1, 1.797e308, '1 -> 1.797e308: 1.797e308 more, 1.797e308 times as much'],
  ])('from %j to %j', (from, to, text) => {
    expect(lineOf(from, to)).toBe(text);
  });

  test('has the unit, the range and the default of the schema', () => {
    const schema = { unit: 'ms', minimum: 1, maximum: 60_000, default: 2_000 };
    expect(lineOf(2_500, 250, schema)).toBe(
      '2500 ms -> 250 ms: 2250 fewer, 1/10 of now; allowed: 1 to 60000; default: 2000 ms',
    );
    expect(lineOf(250, 2_000, { ...schema, minimum: undefined })).toContain(
      '; allowed: 60000 at most; this is the default',
    );
    expect(lineOf(1, 2, { minimum: 1 })).toContain('; allowed: 1 at least');
  });

  test.each([
    [0, 'just now'],
    [5_000, '5 seconds ago'],
    [90 * 60_000, '1 hour 30 minutes ago'],
    [3.4 * DAY, '3 days ago'],
  ])('says how long ago a value was set that nobody read: %d ms', (age, text) => {
    const from = { kind: 'lastSet', value: 2, at: AT - age, actionId: 'a.1' } as const;
    expect(lineOf(0, 3, { from })).toBe(
      `2 -> 3: one more, 50 % more; last set ${text} by a.1, and something else may have changed it since`,
    );
    expect(lineOf(0, 3, { from: { ...from, unread: 'it is away' } })).toContain(
      '; now not readable: it is away',
    );
  });

  test('INVARIANT 7: says that a value is not known, and why', () => {
    const from = { kind: 'unknown', reason: 'it is away' } as const;
    expect(lineOf(0, 3, { from, unit: 'instances', maximum: 20 })).toBe(
      '3 instances: now not known: it is away; allowed: 20 at most',
    );
  });
});

describe('whatever changes', () => {
  const number = fc.oneof(
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.integer({ min: 0, max: 20 }),
  );
  const difference = (from: Json, to: Json) => changeWords(change(from, to), AT).notes[0] ?? '';

  test('the words of direction go with the sign', () => {
    fc.assert(
      fc.property(number, number, (from, to) => {
        const words = difference(from, to);
        if (to > from) expect(words).toMatch(/ more(,|$)/);
        else if (to < from) expect(words).toMatch(/ (fewer|less)(,|$)/);
        else expect(words).toBe('no change');
        expect(words).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  test('a multiple or a share in words is the one of the numbers, to three digits', () => {
    const positive = fc.double({ min: 1e-6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(positive, positive, (from, to) => {
        const words = difference(from, to);
        const [, times] = /([\d.e-]+) times as much/.exec(words) ?? [];
        const [, more] = /, ([\d.e-]+) % more/.exec(words) ?? [];
        const [, less] = /, ([\d.e-]+) % less/.exec(words) ?? [];
        const [, part] = /1\/([\d.e-]+) of now/.exec(words) ?? [];
        const told =
          times ??
          (more && 1 + Number(more) / 100) ??
          (less && 1 - Number(less) / 100) ??
          (part && 1 / Number(part)) ??
          1;
        expect(Math.abs(Number(told) / (to / from) - 1)).toBeLessThan(0.01);
      }),
    );
  });

  test('both values are in the line, and one that is not known never has an arrow', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.string(), (from, to, reason) => {
        const { from: shown, to: shownTo } = changeWords(change(from as Json, to as Json), AT);
        expect(lineOf(from as Json, to as Json).startsWith(`${shown} -> ${shownTo}`)).toBe(true);
        const { from: none } = changeWords(change(0, to as Json, { from: { kind: 'unknown', reason } }), AT);
        expect(none).toBeUndefined();
      }),
    );
  });
});
