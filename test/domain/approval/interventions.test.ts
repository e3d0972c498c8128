import { describe, expect, test } from 'vitest';
import type { DecisionStatement } from '../../../src/domain/approval/decision-statement.ts';
import {
  type AskedQuestion,
  type Edit,
  MOST_ANSWERED,
  MOST_EDITS,
  MOST_QUESTIONS,
  NOTHING_SAID,
  whyNotAnswered,
  whyNotSaid,
} from '../../../src/domain/approval/interventions.ts';
import { readAnswer } from '../../../src/domain/approval/parse-answer.ts';

const edit: Edit = { by: 'grace', reason: 'the fix', at: 1, digestBefore: 'd' };
const question: AskedQuestion = { id: '0123456789ab', person: 'grace', text: 'Why?', at: 1 };
const known = (changes: Partial<Parameters<typeof whyNotSaid>[0]> = {}) => ({
  ...NOTHING_SAID,
  params: { version: '2.4.0', dry: false },
  ...changes,
});

const refusalOf = (
  before: Parameters<typeof whyNotSaid>[0],
  said: Pick<DecisionStatement, 'verdict' | 'params'>,
  id = 'another',
) => whyNotSaid(before, { person: 'grace', ...said }, id)?.refusal;

describe('what is said besides votes', () => {
  test.each([
    [MOST_QUESTIONS - 1, undefined],
    [MOST_QUESTIONS, 'tooMany'],
  ])('after %i questions, another', (n, refusal) => {
    const asked = known({ questions: Array(n).fill(question) });
    expect(refusalOf(asked, { verdict: 'ask' })).toBe(refusal);
  });

  test.each([
    [MOST_EDITS - 1, undefined],
    [MOST_EDITS, 'tooMany'],
  ])('after %i edits, another', (n, refusal) => {
    const edited = known({ edits: Array(n).fill(edit) });
    expect(refusalOf(edited, { verdict: 'edit', params: {} })).toBe(refusal);
  });

  test('an edit that changes nothing is none, in whatever order it is written', () => {
    const same = { verdict: 'edit', params: { dry: false, version: '2.4.0' } } as const;
    expect(refusalOf(known(), same)).toBe('editRefused');
    expect(refusalOf(known(), { ...same, params: { version: '2.4.0' } })).toBeUndefined();
  });
});

describe('INVARIANT 14: what changes nothing is not heard', () => {
  test('a question, an acknowledgement, a broken glass and a revocation are each said once', () => {
    expect(refusalOf(known({ questions: [question] }), { verdict: 'ask' }, question.id)).toBe('unchanged');
    expect(refusalOf(known({ acknowledged: ['grace'] }), { verdict: 'acknowledge' })).toBe('unchanged');
    expect(refusalOf(known({ acknowledged: ['ada'] }), { verdict: 'acknowledge' })).toBeUndefined();
    expect(refusalOf(known({ glassBroken: true }), { verdict: 'breakGlass' })).toBe('unchanged');
    expect(refusalOf(known({ revoked: true }), { verdict: 'revoke' })).toBe('unchanged');
  });

  test('an edit waits until another one was looked at', () => {
    expect(refusalOf(known({ editing: true }), { verdict: 'edit', params: {} })).toBe('notOpen');
  });
});

describe('INVARIANT 12: an answer', () => {
  test('is for a question that is open', () => {
    expect(whyNotAnswered([question], question.id)).toBeUndefined();
    expect(whyNotAnswered([question], 'other')).toBe('there is no question other; open: 0123456789ab');
    const answered = { ...question, answer: { text: 'because', at: 2 } };
    expect(whyNotAnswered([answered], question.id)).toBe('0123456789ab is answered already; open: none');
  });

  const read = (text: unknown, more: object = {}) => readAnswer({ questionId: question.id, text, ...more });

  test.each([
    ['the longest text', 'a'.repeat(MOST_ANSWERED), true],
    ['a longer one', 'a'.repeat(MOST_ANSWERED + 1), false],
    ['nothing', ' \n', false],
    ['half a character', '\ud800', false],
    ['a control character', 'a\u001b[2J', false],
    ['several lines', 'one\ntwo', true],
    ['no text', 7, false],
  ])('of %s is read or not', (_, text, sound) => {
    expect(read(text) !== null).toBe(sound);
  });

  test.each([[undefined], [null], ['text'], [[]], [{ text: 'x' }], [{ questionId: '../..', text: 'x' }]])(
    '%j is none',
    (input) => {
      expect(readAnswer(input)).toBeNull();
    },
  );

  test('with a member more is none', () => {
    expect(read('x', { approve: true })).toBeNull();
  });
});
