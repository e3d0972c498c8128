import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Action } from '../../../src/domain/action/action.ts';
import { actionDigest, type Pins } from '../../../src/domain/action/action-digest.ts';
import { canonicalJson, digestOf } from '../../../src/domain/shared/digest.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { aMetric, anAction } from '../support.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** The same value, each object's members in another order. */
function reordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(reordered);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reordered(item)]),
  );
}

describe('canonical JSON, by the examples of RFC 8785', () => {
  test('numbers, strings and literals (section 3.2.2)', () => {
    const input = JSON.parse(String.raw`{
      "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
      "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
      "literals": [null, true, false]
    }`);
    expect(canonicalJson(input)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        String.raw`"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test('members are sorted by UTF-16 code units (section 3.2.3)', () => {
    const input = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      '1': 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = ['\r', '1', '\u0080', '\u00f6', '\u20ac', '\ud83d\ude00', '\ufb33'];
    expect([...canonicalJson(input).matchAll(/("(?:[^"\\]|\\.)*"):/gu)].map(([, key = '']) => key)).toEqual(
      order.map((key) => JSON.stringify(key)),
    );
  });

  test.each([
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['8000000000000001', '-5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['4430000000000000', '295147905179352830000'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['44b52d02c7e14af6', '1e+23'],
    ['44b52d02c7e14af7', '1.0000000000000001e+23'],
    ['444b1ae4d6e2ef4e', '999999999999999700000'],
    ['444b1ae4d6e2ef4f', '999999999999999900000'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8c', '9.999999999999997e-7'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['41b3de4355555554', '333333333.33333325'],
    ['41b3de4355555555', '333333333.3333333'],
    ['41b3de4355555556', '333333333.3333334'],
    ['41b3de4355555557', '333333333.33333343'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ])('the double %s is written %s (appendix B)', (bits, written) => {
    expect(canonicalJson(Buffer.from(bits, 'hex').readDoubleBE())).toBe(written);
  });
});

test.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity inside', { a: [Number.NEGATIVE_INFINITY] }],
  ['undefined', undefined],
  ['a bigint', 1n],
  ['a lone surrogate', '\ud800'],
  ['a lone surrogate in a name', { '\udc00': 1 }],
])('what JSON cannot carry has no canonical form: %s', (_, value) => {
  expect(() => canonicalJson(value)).toThrow();
});

test('a digest is the lower-case hex SHA-256 of the canonical JSON in UTF-8', () => {
  expect(digestOf({})).toBe(sha256('{}'));
  expect(digestOf({ b: 'é😀', a: 1 })).toBe(sha256('{"a":1,"b":"é😀"}'));
});

test('the canonical form says the same as the value, and the order of members does not matter', () => {
  fc.assert(
    fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (written) => {
      const value: Json = JSON.parse(JSON.stringify(written));
      expect(JSON.parse(canonicalJson(value))).toEqual(value);
      expect(digestOf(reordered(value))).toBe(digestOf(value));
    }),
    { numRuns: 1_000 },
  );
});

test('a member that is undefined and one that is missing are the same, as they are in JSON', () => {
  expect(digestOf({ a: 1, b: undefined })).toBe(digestOf({ a: 1 }));
});

test('values that look alike have digests of their own', () => {
  const alike = [
    null,
    false,
    0,
    '',
    '0',
    [],
    {},
    [null],
    { '': null },
    [[]],
    '[]',
    'null',
    ['0'],
    { 0: '0' },
  ];
  expect(new Set(alike.map(digestOf)).size).toBe(alike.length);
});

describe('INVARIANT 2: the digest is of all that would run', () => {
  const pins: Pins = {
    policy: 'p'.repeat(64),
    catalog: 'c'.repeat(64),
    actionType: 'a'.repeat(64),
    impact: 'i'.repeat(64),
  };
  const action = anAction({
    watch: { metrics: [aMetric()] },
  });
  const digest = actionDigest(action, pins);

  test('it stays the same through JSON, as every store and message does it', () => {
    expect(actionDigest(JSON.parse(JSON.stringify(action)), JSON.parse(JSON.stringify(pins)))).toBe(digest);
  });

  type Changed = [what: string, action: Action, pins: Pins];
  const json = (value: unknown) => JSON.parse(JSON.stringify(value));
  const others: Changed[] = [
    ...changesOf(json(action), 'action').map(([what, other]): Changed => [what, json(other), pins]),
    ...changesOf(json(pins), 'pins').map(([what, other]): Changed => [what, action, json(other)]),
  ];
  test.each(others)('INVARIANT 2: it changes when %s', (_, ...other) => {
    expect(actionDigest(...other)).not.toBe(digest);
  });

  test('INVARIANT 2: an action without its rollback or its watch is another action', () => {
    const { rollback, ...withoutRollback } = action;
    const { watch, ...withoutWatch } = action;
    expect(rollback && watch).toBeDefined();
    expect(
      new Set([digest, actionDigest(withoutRollback, pins), actionDigest(withoutWatch, pins)]).size,
    ).toBe(3);
  });
});

/** Every value that differs from this one in a single place: a leaf changed, a member or an item dropped or added. */
function changesOf(value: Json, path: string): [string, Json][] {
  if (Array.isArray(value)) {
    return [
      [`${path} gets one more item`, [...value, null]],
      ...value.map((_, i): [string, Json] => [`${path}.${i} is dropped`, value.toSpliced(i, 1)]),
      ...value.flatMap((item, i) =>
        changesOf(item, `${path}.${i}`).map(([what, changed]): [string, Json] => [
          what,
          value.with(i, changed),
        ]),
      ),
    ];
  }
  if (value !== null && typeof value === 'object') {
    return [
      [`${path} gets one more member`, { ...value, another: null }],
      ...Object.keys(value).map((key): [string, Json] => [
        `${path}.${key} is dropped`,
        Object.fromEntries(Object.entries(value).filter(([other]) => other !== key)),
      ]),
      ...Object.entries(value).flatMap(([key, item]) =>
        changesOf(item, `${path}.${key}`).map(([what, changed]): [string, Json] => [
          what,
          { ...value, [key]: changed },
        ]),
      ),
    ];
  }
  const other = typeof value === 'number' ? value + 1 : typeof value === 'boolean' ? !value : `${value} `;
  return [[`${path} is another value`, other]];
}
