import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ActionType } from '../../../src/domain/installation/installation.ts';
import { magnitudeOf } from '../../../src/domain/risk/magnitude.ts';
import type { ValueNow } from '../../../src/domain/risk/parameter-change.ts';
import { changesTo } from '../../../src/domain/risk/values-now.ts';
import { actionTypeWith, readNow } from '../support.ts';

const SOURCE = { by: 'http', url: 'http://a/b', timeoutMs: 1 } as const;
const typeWith = (current: ActionType['current'] = {}): ActionType =>
  actionTypeWith({
    parameters: {
      type: 'object',
      additionalProperties: false,
      required: ['count'],
      properties: {
        count: { type: 'integer' },
        share: { type: 'number' },
        version: { type: 'string' },
      },
    },
    current,
  });
const read = typeWith({ count: { source: SOURCE }, version: { source: SOURCE } });

const magnitude = (
  type: ActionType,
  params: Record<string, number | string>,
  values: Record<string, ValueNow> = {},
) => magnitudeOf(type, params, changesTo(type, params, values));
const counting = (from: number, to: number, type = read) =>
  magnitude(type, { count: to }, { count: readNow(from) });

describe('how far an action goes', () => {
  test.each([
    [4, 4, 1],
    [4, 5, 1.25],
    [5, 50, 10],
    [50, 5, 10],
    [0, 1, Number.POSITIVE_INFINITY],
    [1, 0, Number.POSITIVE_INFINITY],
    [-1, 1, Number.POSITIVE_INFINITY],
    [-1, -3, 3],
  ])('from %d to %d is a factor of %d', (from, to, factor) => {
    expect(counting(from, to)).toBeCloseTo(factor, 10);
  });

  test('is the largest of all its numbers', () => {
    const values = { count: readNow(4), share: readNow(0.1) };
    expect(magnitude(read, { count: 8, share: 0.3 }, values)).toBeCloseTo(3);
  });

  test('counts in the direction that is declared', () => {
    const down = typeWith({ count: { source: SOURCE, riskier: 'down' } });
    const up = typeWith({ count: { source: SOURCE, riskier: 'up' } });
    expect([counting(4, 8, down), counting(8, 4, down)]).toEqual([1, 2]);
    expect([counting(4, 8, up), counting(8, 4, up)]).toEqual([2, 1]);
  });

  test('is nothing for text, whatever is known of it', () => {
    expect(
      magnitude(read, { count: 4, version: '9.0.0' }, { count: readNow(4), version: readNow('1.0.0') }),
    ).toBe(1);
    const unknown = { kind: 'unknown', reason: 'it is away' } as const;
    expect(magnitude(read, { count: 4, version: '9.0.0' }, { count: readNow(4), version: unknown })).toBe(1);
  });

  const lastSet = { kind: 'lastSet', value: 2, at: 1, actionId: 'a.1' } as const;
  test('goes by the last value where no source is declared, and is nothing where none is known', () => {
    expect(magnitude(typeWith(), { count: 6 }, { count: lastSet })).toBe(3);
    expect(magnitude(typeWith(), { count: 6 })).toBe(1);
  });

  test('INVARIANT 7: is the largest where a declared source could not be read, whatever was set last', () => {
    const riskier = { count: { source: SOURCE, riskier: 'down' } } as const;
    for (const type of [read, typeWith(riskier)]) {
      expect(magnitude(type, { count: 6 })).toBe(Number.POSITIVE_INFINITY);
      expect(magnitude(type, { count: 6 }, { count: { ...lastSet, unread: 'it is away' } })).toBe(
        Number.POSITIVE_INFINITY,
      );
      expect(magnitude(type, {})).toBe(Number.POSITIVE_INFINITY);
    }
  });

  test('is the same up and down, and farther is never less', () => {
    const positive = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(positive, positive, positive, (from, by, more) => {
        const factor = 1 + by;
        const far = counting(from, from * factor);
        expect(counting(from, from / factor)).toBeCloseTo(far, 6);
        expect(counting(from, from * (factor + more))).toBeGreaterThanOrEqual(far);
      }),
    );
  });
});
