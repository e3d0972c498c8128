import { expect, test } from 'vitest';
import { z } from 'zod';
import { zodFaultsOf } from '../../src/contract/json.ts';
import { orderSchema, readOrder } from '../../src/contract/order.ts';
import { plainly } from '../../src/contract/zod-messages.ts';

const problemsOf = (schema: z.ZodType, input: unknown) => {
  const { error } = schema.safeParse(input, { error: plainly });
  return Object.fromEntries(error ? zodFaultsOf(error).map(({ where, problem }) => [where, problem]) : []);
};

test('what is missing is said to be missing, whatever it should have been', () => {
  expect(problemsOf(orderSchema, { kind: 'hold' })).toEqual({
    scope: 'is missing',
    person: 'is missing',
    reason: 'is missing',
    at: 'is missing',
    installation: 'is missing',
  });
  expect(problemsOf(orderSchema, {})).toEqual({ kind: 'is missing' });
});

test('what is of a wrong kind is told what it must be', () => {
  const order = {
    kind: 'hold',
    installation: 'storefront',
    scope: 'everything',
    person: 7,
    reason: ['x'],
    at: 1.5,
  };
  expect(problemsOf(orderSchema, { ...order, authentication: 'password' })).toEqual({
    scope: 'must be an object',
    person: 'must be text',
    reason: 'must be text',
    at: 'must be a whole number',
    authentication: 'must be one of signing-key, session, passkey, totp',
  });
  expect(problemsOf(orderSchema, { kind: 'halt' })).toEqual({
    kind: 'must be one of grant, scoreCard, hold, lift, takeBack, release, report, rollback, delegate, endDelegation, erase, placeLegalHold, endLegalHold',
  });
});

test.each([
  [z.string().min(6), 'abc', 'must be at least 6 characters'],
  [z.string().max(2), 'abc', 'must be at most 2 characters'],
  [z.array(z.string()).min(2), [], 'must have at least 2 items'],
  [z.number().min(1), 0, 'must be at least 1'],
  [z.number().positive(), 0, 'must be more than 0'],
  [z.uuid(), 'run', 'must be a UUID'],
  [z.literal('x'), 'y', 'must be x'],
  [z.string().min(6, 'is too short for a code'), 'abc', 'is too short for a code'],
])('a bound is said in words %#', (schema, input, problem) => {
  expect(problemsOf(schema, input)).toEqual({ 'the whole': problem });
});

test('what is no token is told that an order is one', () => {
  expect(readOrder('hold everything')).toEqual({
    kind: 'refused',
    faults: [{ where: 'the whole', problem: 'must be a compact JWS' }],
  });
});
