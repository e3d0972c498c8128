import { expect, test } from 'vitest';
import type { Live } from '../../../src/domain/risk/live-context.ts';
import type { CurrentValue } from '../../../src/domain/risk/size.ts';
import { troubleOf } from '../../../src/domain/risk/trouble.ts';

const known = (value: number): CurrentValue => ({ kind: 'known', value });
const unknown: CurrentValue = { kind: 'unknown', reason: 'no answer' };
const incident = (service: string, open = known(1)) => ({ incidents: [{ service, open }] });

const NOTHING_STATED: Live = {
  at: 0,
  localTime: '',
  circumstances: {},
  onCall: known(2),
  running: [],
};
const troubleWith = (facts: Partial<Live>) => troubleOf({ ...NOTHING_STATED, ...facts }, 'cart');

const FINE = { incidents: [], errorBudgetBurnRate: known(1), errorBudgetLeft: known(0.01) };

test.each<[string, Partial<Live>, string]>([
  ['an incident is open on it', incident('cart'), 'an incident is open on cart'],
  ['some are', incident('cart', known(3)), '3 incidents are open on cart'],
  [
    'its error budget is used too fast',
    { errorBudgetBurnRate: known(1.01) },
    'the error budget of cart is used 1.01 times as fast as it may be',
  ],
  ['no error budget is left', { errorBudgetLeft: known(0) }, 'nothing of the error budget of cart is left'],
  [
    'the error budget is overspent',
    { errorBudgetLeft: known(-0.5) },
    'nothing of the error budget of cart is left',
  ],
])('a target is in trouble when %s, whatever else is fine or not known', (_, facts, reason) => {
  const rest = { incidents: [], errorBudgetBurnRate: unknown, errorBudgetLeft: known(1) };
  expect(troubleWith(facts)).toEqual({ kind: 'inTrouble', reason });
  expect(troubleWith({ ...rest, ...facts })).toEqual({ kind: 'inTrouble', reason });
});

test('all that is wrong with it is told', () => {
  expect(troubleWith({ ...incident('cart'), errorBudgetBurnRate: known(14.4) }).reason).toBe(
    'an incident is open on cart, and the error budget of cart is used 14.4 times as fast as it may be',
  );
});

test.each<[string, Partial<Live>, string]>([
  [
    'all that is asked for was read',
    FINE,
    'no incident is open on cart, and the error budget of cart is not used too fast, and cart has error budget left',
  ],
  ['one fact alone was', { incidents: [] }, 'no incident is open on cart'],
  ['the incident is beside it', incident('catalog'), 'no incident is open on cart'],
  ['nobody knows of one beside it', incident('catalog', unknown), 'no incident is open on cart'],
])('a target is not in trouble when nothing is wrong, and %s', (_, facts, reason) => {
  expect(troubleWith(facts)).toEqual({ kind: 'calm', reason });
});

test.each<[string, Partial<Live>, string]>([
  [
    'nobody stated where anything is read',
    {},
    'nobody stated where its incidents or its error budget are read',
  ],
  [
    'its incidents could not be read',
    { ...FINE, ...incident('cart', unknown) },
    'whether an incident is open on cart is not known: no answer',
  ],
  [
    'its burn rate could not be read',
    { ...FINE, errorBudgetBurnRate: unknown },
    'how fast the error budget of cart is used is not known: no answer',
  ],
  [
    'its error budget could not be read',
    { ...FINE, errorBudgetLeft: unknown },
    'how much of the error budget of cart is left is not known: no answer',
  ],
])('INVARIANT 7: whether a target is in trouble is not known when %s', (_, facts, reason) => {
  expect(troubleWith(facts)).toEqual({ kind: 'unknown', reason });
});

test('who is on call and what runs beside it are no trouble', () => {
  const facts = { onCall: unknown, running: [{ actionId: 'a.1', service: 'cart' }] };
  expect(troubleWith({ ...FINE, ...facts }).kind).toBe('calm');
});
