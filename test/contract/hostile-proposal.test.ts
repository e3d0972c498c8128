import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseProposal } from '../../src/contract/proposal.ts';
import { proposal } from '../support/proposals.ts';

const valid = proposal({ idempotencyKey: 'flush-1' });

const faultsOf = (input: unknown) => {
  const parsed = parseProposal(input);
  return parsed.kind === 'refused' ? parsed.faults : [];
};
/** A proposal whose parameters are this JSON text. */
const withParams = (text: string) =>
  faultsOf(JSON.parse(JSON.stringify(valid).replace('"params":{}', `"params":${text}`)));
const nested = (levels: number, inner: string) => `${'['.repeat(levels)}${inner}${']'.repeat(levels)}`;
const wholes = (faults: ReturnType<typeof faultsOf>) => faults.filter(({ where }) => where === 'the whole');

/** What one payload of a Temporal message may hold. */
const BLOB_LIMIT = 2 * 1024 * 1024;

describe('names that reach the prototype', () => {
  test.each(['__proto__', 'constructor', 'prototype'])('%s is refused as a parameter', (name) => {
    expect(withParams(`{"${name}": {"admin": true}, "version": "1"}`)).toEqual([
      { where: `params.${name}`, problem: 'this name is not allowed' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'prototype'])('%s is refused inside one, at any depth', (name) => {
    expect(withParams(`{"a": {"b": [{"${name}": 1}]}}`)).toEqual([
      { where: `params.a.b.0.${name}`, problem: 'this name is not allowed' },
    ]);
  });

  test.each(['__proto__', 'constructor', 'prototype', 'toString'])(
    '%s is no member of a proposal',
    (name) => {
      const text = JSON.stringify(valid);
      expect(faultsOf(JSON.parse(text.replace('{', `{"${name}": {"declaredTier": 1},`)))).toEqual([
        { where: name, problem: 'is not a known member' },
      ]);
      expect(faultsOf(JSON.parse(text.replace('"agent":{', `"agent":{"${name}": {},`)))).toEqual([
        { where: `agent.${name}`, problem: 'is not a known member' },
      ]);
    },
  );

  test('nothing is polluted', () => {
    withParams('{"__proto__": {"polluted": true}, "constructor": {"prototype": {"polluted": true}}}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });
});

describe('depth', () => {
  test.each([
    [16, []],
    [17, [{ where: `params.a${'.0'.repeat(17)}`, problem: 'nested deeper than 16 levels' }]],
  ])('a value inside %i lists', (levels, faults) => {
    expect(withParams(`{"a": ${nested(levels, '1')}}`)).toEqual(faults);
  });

  test.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
  ])('10,000 levels of %s are refused and do not overflow the stack', (_, open, end) => {
    const deep = `${open.repeat(10_000)}1${end.repeat(10_000)}`;
    expect(withParams(`{"a": ${deep}}`).length).toBeGreaterThan(0);
    const value = JSON.parse(deep);
    for (const input of [value, { ...valid, rationale: value }, { ...valid, surprise: value }]) {
      expect(faultsOf(input).length).toBeGreaterThan(0);
    }
  });

  test('an object that holds itself is refused, even when it does so twice', () => {
    const circle: Record<string, unknown> = {};
    for (const name of ['a', 'b']) circle[name] = circle;
    const faults = faultsOf({ ...valid, params: circle });
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(BLOB_LIMIT);
  });

  test('a bigint, which no message can carry, is refused', () => {
    expect(faultsOf({ ...valid, params: { a: 1n } }).length).toBeGreaterThan(0);
  });
});

describe('size', () => {
  test('a text of 1 MB is refused for its size, whatever else it is', () => {
    const summary = 'a'.repeat(1024 * 1024);
    const faults = faultsOf({ ...valid, rationale: { ...valid.rationale, summary } });
    expect(wholes(faults)).toEqual([
      {
        where: 'the whole',
        problem: `has ${1_048_576 + JSON.stringify(valid).length - valid.rationale.summary.length} bytes, at most 65536 are taken`,
      },
    ]);
  });

  test('so is a parameter of 1 MB', () => {
    expect(wholes(withParams(`{"a": "${'a'.repeat(1024 * 1024)}"}`))).toHaveLength(1);
  });

  test.each([
    ['200,000 values too deep', `{"a": ${nested(17, Array(200_000).fill(0).join())}}`],
    ['130,000 names that are not allowed', `{"a": [${Array(130_000).fill('{"__proto__":0}').join()}]}`],
    [
      '200,000 values too deep, beside 10,000 levels',
      `{"a": ${nested(17, Array(200_000).fill(0).join())}, "b": ${nested(10_000, '')}}`,
    ],
  ])('%s are refused in a few words', (_, params) => {
    const faults = withParams(params);
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(BLOB_LIMIT);
  });

  test('200,000 members that nobody knows are refused in a few words', () => {
    const members = Object.fromEntries(Array.from({ length: 200_000 }, (_, n) => [`member${n}`, 0]));
    const faults = faultsOf({ ...valid, ...members });
    expect(JSON.stringify(faults).length).toBeLessThan(BLOB_LIMIT);
  });

  test('a name of 30 KB is not repeated for every fault below it', () => {
    const faults = withParams(`{"${'a'.repeat(30_000)}": ${nested(17, Array(10_000).fill(0).join())}}`);
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(BLOB_LIMIT);
  });

  test('what fits 64 KB cannot make more faults than fit a message', () => {
    const faults = withParams(`{"a": ${nested(17, Array(30_000).fill(0).join())}}`);
    expect(faults.length).toBeGreaterThan(0);
    expect(JSON.stringify(faults).length).toBeLessThan(BLOB_LIMIT);
  });
});

test('whatever is sent is answered and never throws', () => {
  const anything = fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true });
  const bent = fc.record(
    {
      actionType: anything,
      params: fc.oneof(anything, fc.dictionary(fc.string(), anything)),
      agent: anything,
      rationale: anything,
      evidence: fc.array(anything),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.oneof(
        anything,
        bent.map((changes) => ({ ...valid, ...changes })),
      ),
      (input) => {
        expect(['proposal', 'refused']).toContain(parseProposal(input).kind);
      },
    ),
    { numRuns: 3_000 },
  );
});
