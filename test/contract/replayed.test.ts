import { describe, expect, test } from 'vitest';
import { readAnswer } from '../../src/contract/replayed.ts';
import { proposal } from '../support/proposals.ts';

const read = (output: unknown) =>
  readAnswer(typeof output === 'string' ? output : JSON.stringify(output), 'cache-agent');

test('a build answers with a proposal, or with why it would do nothing', () => {
  const given = proposal();
  expect(read({ proposal: given })).toEqual({ kind: 'proposal', proposal: given });
  expect(read({ nothing: 'all is well' })).toEqual({ kind: 'nothing', why: 'all is well' });
});

describe('any other answer is wrong, and it is said why', () => {
  test.each([
    ['nothing at all', '', /is no JSON: it must be \{"proposal"/],
    ['a log line before it', `thinking\n{"nothing":"x"}`, /is no JSON/],
    ['another form', { answer: 'flush it' }, /must be \{"proposal"/],
    ['both at once', { proposal: proposal(), nothing: 'or not' }, /must be/],
    ['a blank reason', { nothing: ' ' }, /must be/],
    [
      'a proposal with faults',
      { proposal: { ...proposal(), target: undefined } },
      /refused: target: is missing/,
    ],
    ['a member twice', '{"nothing":"a","nothing":"b"}', /written twice/],
    [
      'another agent’s name',
      { proposal: proposal({ agent: { id: 'eve', version: '1' } }) },
      /in the name of eve/,
    ],
    [
      'what people alone may ask',
      { proposal: proposal({ takesBack: { actionId: 'a', attempt: 1, jws: 'x' } }) },
      /people alone/,
    ],
  ])('%s', (_, output, why) => {
    expect(read(output)).toEqual({ kind: 'wrong', why: expect.stringMatching(why) });
  });
});
