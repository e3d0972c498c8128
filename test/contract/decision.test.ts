import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerSchema, decisionStatementSchema, refusalSchema } from '../../src/contract/decision.ts';
import {
  AUTHENTICATIONS,
  DECISION_KINDS,
  type DecisionStatement,
  MOST_CONFIRMED,
} from '../../src/domain/approval/decision-statement.ts';
import { readAnswer } from '../../src/domain/approval/parse-answer.ts';
import { readDecision } from '../../src/domain/approval/parse-decision.ts';
import { REFUSALS } from '../../src/domain/approval/refusal.ts';
import { jwsOf } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';

const { grace } = testInstallation().keys;
if (!grace) throw new Error('grace has a key');

const statement: DecisionStatement = {
  installation: 'storefront',
  workflowId: 'action/deploy-agent.deploy-2.5.0',
  runId: '0199f3a2-7c1e-7d55-9b1a-2f6d1c0e4a77',
  digest: 'd'.repeat(64),
  person: 'grace',
  verdict: 'approve',
  decidedAt: 1_773_500_000_000,
  authentication: 'signing-key',
};

const read = (payload: unknown) => readDecision({ jws: jwsOf(grace, payload) });
const without = (member: string) =>
  Object.fromEntries(Object.entries(statement).filter(([name]) => name !== member));

describe('a decision is read', () => {
  test('as the statement of its token, still unproven', () => {
    const jws = jwsOf(grace, statement);
    expect(readDecision({ jws })).toEqual({ jws, claimed: statement });
  });

  test('even when nobody signed it: that is for those who know the keys', () => {
    const [, payload] = jwsOf(grace, statement).split('.');
    expect(readDecision({ jws: `e30.${payload}.AA` })?.claimed).toEqual(statement);
  });

  test.each([
    { verdict: 'deny' },
    { reason: 'the sale is on' },
    { workflowId: 'a'.repeat(300) },
    { decidedAt: 1 },
    { decidedAt: 8.64e15 },
    { confirmed: ['a'.repeat(64)] },
    { confirmed: Array.from({ length: MOST_CONFIRMED }, (_, i) => `${i}`.padStart(64, '0')) },
  ])('with %j', (changes) => {
    expect(read({ ...statement, ...changes })?.claimed).toEqual({ ...statement, ...changes });
  });
});

test('an approval that confirms all that it may, with the longest reason, is still a token that is taken', () => {
  const confirmed = Array.from({ length: MOST_CONFIRMED }, () => 'f'.repeat(64));
  const longest = { ...statement, reason: '\u20ac'.repeat(2_000), workflowId: 'a'.repeat(300), confirmed };
  expect(read(longest)?.claimed).toEqual(longest);
});

describe('what is not a decision is none', () => {
  test.each(Object.keys(statement))('without %s', (member) => {
    expect(read(without(member))).toBeNull();
  });

  test.each([
    { surprise: 1 },
    { verdict: 'Approve' },
    { verdict: '' },
    { authentication: 'password' },
    { digest: 'D'.repeat(64) },
    { digest: 'd'.repeat(63) },
    { digest: 'd'.repeat(65) },
    { digest: `${'d'.repeat(64)}\n` },
    { runId: 'latest' },
    { runId: '' },
    { workflowId: 'a'.repeat(301) },
    { person: 'grace hopper' },
    { person: '' },
    { person: '../grace' },
    { person: ['grace'] },
    { reason: '' },
    { reason: 'a'.repeat(2_001) },
    { reason: 'a\u0000b' },
    { decidedAt: 0 },
    { decidedAt: -1 },
    { decidedAt: 1.5 },
    { decidedAt: 8.64e15 + 1_000 },
    { decidedAt: '2026-03-14' },
    { decidedAt: null },
    { confirmed: [] },
    { confirmed: 'a'.repeat(64) },
    { confirmed: ['a'.repeat(63)] },
    { confirmed: Array.from({ length: MOST_CONFIRMED + 1 }, () => 'a'.repeat(64)) },
    { confirmed: ['a'.repeat(64)], verdict: 'deny' },
    { confirmed: ['a'.repeat(64)], verdict: 'breakGlass', reason: 'now', incident: 'INC-1' },
  ])('with %j', (changes) => {
    expect(read({ ...statement, ...changes })).toBeNull();
  });

  test.each([null, [], 'approve', 7, true])('a token that says %j', (payload) => {
    expect(read(payload)).toBeNull();
  });

  test.each([
    ['nothing', undefined],
    ['null', null],
    ['a bare token', jwsOf(grace, statement)],
    ['the statement itself', statement],
    ['a token that is no text', { jws: 7 }],
    ['a member more', { jws: jwsOf(grace, statement), person: 'grace' }],
    ['no token', {}],
    ['an empty token', { jws: '' }],
    ['a token of 16,385 characters', { jws: 'a'.repeat(16_385) }],
  ])('%s', (_, input) => {
    expect(readDecision(input)).toBeNull();
  });

  test('whatever is sent, it never throws', () => {
    const segment = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc
        .dictionary(fc.constantFrom(...Object.keys(statement)), fc.jsonValue())
        .map((changes) => Buffer.from(JSON.stringify({ ...statement, ...changes })).toString('base64url')),
    );
    const anyToken = fc.array(segment, { maxLength: 4 }).map((segments) => segments.join('.'));
    const anyInput = fc.oneof(
      fc.anything({ withNullPrototype: true, withBigInt: true }),
      fc.record({ jws: anyToken }),
      fc.record({ jws: fc.anything() }),
    );
    fc.assert(
      fc.property(anyInput, (input) => {
        const decision = readDecision(input);
        if (decision) expect(decision.claimed.verdict).toBeOneOf([...DECISION_KINDS]);
      }),
      { numRuns: 10_000 },
    );
  });
});

test('the reader and the schema take the same statements, and read the same', () => {
  const anyStatement = fc
    .dictionary(
      fc.constantFrom(...Object.keys(statement), 'reason', 'params', 'incident', 'confirmed', 'more'),
      fc.oneof(
        fc.jsonValue(),
        fc.string(),
        fc.constantFrom(
          ' why ',
          '',
          0,
          1,
          -1,
          1.5,
          8.64e15,
          8.65e15,
          ...DECISION_KINDS,
          ...AUTHENTICATIONS,
          'INC-1',
        ),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.constantFrom('a'.repeat(64), 'a')),
      ),
    )
    .map((changes) => JSON.parse(JSON.stringify({ ...statement, ...changes })));
  fc.assert(
    fc.property(anyStatement, (payload) => {
      const parsed = decisionStatementSchema.safeParse(payload);
      expect(read(payload)?.claimed).toEqual(parsed.success ? parsed.data : undefined);
    }),
    { numRuns: 5_000 },
  );
});

test('INVARIANT 12: the reader and the schema take the same answers, and read the same', () => {
  const anyAnswer = fc.oneof(
    fc.anything(),
    fc.record({
      questionId: fc.oneof(fc.constant('0123456789ab'), fc.string(), fc.jsonValue()),
      text: fc.oneof(fc.string({ unit: 'binary' }), fc.constant(' why '), fc.jsonValue()),
    }),
  );
  fc.assert(
    fc.property(anyAnswer, (input) => {
      const parsed = answerSchema.safeParse(input);
      expect(readAnswer(input)).toEqual(parsed.success ? parsed.data : null);
    }),
    { numRuns: 1_000 },
  );
});

test('every refusal has a name that clients can match on', () => {
  for (const refusal of REFUSALS) expect(refusalSchema.parse(refusal)).toBe(refusal);
  expect(refusalSchema.safeParse('because').success).toBe(false);
});
