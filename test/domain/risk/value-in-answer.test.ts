import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { valueExpressionFault, valueInAnswer } from '../../../src/domain/risk/value-in-answer.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const scope = { target: 'checkout', params: { key: 'paymentTimeoutMs' } };
const found = (text: string, expression?: string, ...types: readonly string[]) =>
  valueInAnswer(text, expression, scope, { types });

describe('the value in an answer', () => {
  test.each<[string, string, string | undefined, string[], Json]>([
    ['text is the whole answer', ' 2.3.1\n', undefined, ['string'], '2.3.1'],
    ['a number in text is a number', '4\n', undefined, ['integer'], 4],
    ['what looks like a number stays text where text is meant', '4', undefined, ['string'], '4'],
    ['true in text is true', 'true', undefined, ['boolean'], true],
    ['a member of JSON', '{"version":"2.3.1"}', 'answer.version', ['string'], '2.3.1'],
    [
      'what a parameter names',
      '{"config":{"paymentTimeoutMs":2000}}',
      'answer.config[params.key]',
      ['integer'],
      2000,
    ],
    ['what the target names', '{"checkout":{"n":3}}', 'answer[target].n', ['integer'], 3],
    ['a whole number of CEL', '{"hosts":["a","b"]}', 'size(answer.hosts)', ['integer'], 2],
    ['a list', '{"hosts":["a","b"]}', 'answer.hosts', ['array'], ['a', 'b']],
    ['a large number elsewhere does no harm', '{"id":9007199254740993,"n":3}', 'answer.n', ['integer'], 3],
  ])('%s', (_, text, expression, types, value) => {
    expect(found(text, expression, ...types)).toEqual({ kind: 'value', value });
  });

  test.each<[string, string, string | undefined, string[], string]>([
    ['an empty answer', ' \n', undefined, ['string'], 'the answer is empty'],
    ['null', '{"a":null}', 'answer.a', [], 'the answer is empty'],
    ['what is no JSON', '<html>', 'answer.a', [], 'the answer is not JSON, or has a member twice'],
    [
      'a member that is there twice',
      '{"a":1,"a":2}',
      'answer.a',
      [],
      'the answer is not JSON, or has a member twice',
    ],
    ['a member that is not there', '{}', 'answer.a', [], 'answer.a is not in the answer: No such key: a'],
    ['text for a number', 'many', undefined, ['integer'], 'it is "many", and the parameter takes integer'],
    ['a number for text', '{"a":1}', 'answer.a', ['string'], 'it is 1, and the parameter takes string'],
    [
      'a part for a whole number',
      '1.5',
      undefined,
      ['integer'],
      'it is 1.5, and the parameter takes integer',
    ],
    [
      'a number that would be changed',
      '9007199254740993',
      undefined,
      ['integer'],
      'it is "9007199254740993", and the parameter takes integer',
    ],
    ['the same in JSON', '{"a":9007199254740993}', 'answer.a', ['integer'], 'the answer gives no JSON value'],
    ['half a character', '{"a":"\\ud800"}', 'answer.a', ['string'], 'the answer gives no JSON value'],
    [
      'a huge value',
      'x'.repeat(600),
      undefined,
      ['string'],
      'the value has 602 characters, 500 are read at most',
    ],
  ])('%s is none, with the reason', (_, text, expression, types, reason) => {
    expect(found(text, expression, ...types)).toEqual({ kind: 'none', reason });
  });

  test('whatever is answered, it is a value that the parameter can have, or none', () => {
    const types = fc.subarray(['integer', 'number', 'string', 'boolean', 'array', 'object']);
    const text = fc.oneof(fc.string(), fc.json());
    fc.assert(
      fc.property(
        text,
        types,
        fc.constantFrom(undefined, 'answer', 'answer.a'),
        (answer, takes, expression) => {
          const value = found(answer, expression, ...takes);
          if (value.kind === 'none') return;
          const type = Array.isArray(value.value) ? 'array' : typeof value.value;
          const fits = takes.includes(type) || (takes.includes('integer') && Number.isInteger(value.value));
          expect(takes.length === 0 || fits).toBe(true);
        },
      ),
    );
  });
});

test('an expression that cannot be evaluated is named', () => {
  expect(valueExpressionFault('answer.version')).toBeNull();
  expect(valueExpressionFault('answer.')).toContain('Expected IDENTIFIER');
  expect(valueExpressionFault('env.SECRET')).toContain('Unknown variable: env');
});
