import { describe, expect, test } from 'vitest';
import { samenessOf } from '../../../src/domain/attention/request-facts.ts';
import {
  LONGEST_OPEN_MS,
  type OtherRequest,
  RECOMMENDED_MS,
  type Request,
  whyNotAsked,
} from '../../../src/domain/attention/request-limits.ts';

const HOUR = 3_600_000;
const NOW = 1_000 * HOUR;

const request = (changes: Partial<Request> = {}): Request => ({
  actionId: 'agent.new',
  agent: 'agent',
  sameness: 'same',
  asks: true,
  at: NOW,
  ...changes,
});

describe('what a person denied', () => {
  const denied = (changes: Partial<OtherRequest> = {}): OtherRequest => ({
    actionId: 'other.old',
    agent: 'other',
    sameness: 'same',
    asks: true,
    ruledAt: NOW - 2 * HOUR,
    closedAt: NOW - HOUR,
    denial: { by: 'ada', reason: 'not before the sale' },
    ...changes,
  });
  const why = (others: readonly OtherRequest[], asked = request(), repeatAfterDenialMs = 24 * HOUR) =>
    whyNotAsked({ repeatAfterDenialMs }, asked, others);

  test('is denied at once to the agent that was denied, with the reason and the action that it was given for', () => {
    expect(why([denied({ agent: 'agent' })])).toEqual({
      kind: 'denied',
      reason:
        'ada denied the same at 1970-02-11T15:00:00.000Z, as other.old: not before the sale; agent does not ask for it again before 1970-02-12T15:00:00.000Z',
    });
  });

  test('goes to people where another agent asks, who are told of the denial', () => {
    const deniedBefore = { actionId: 'other.old', by: 'ada', reason: 'not before the sale', at: NOW - HOUR };
    expect(why([denied()])).toEqual({ kind: 'people', deniedBefore });
    expect(why([denied()], request({ deniedBefore }))).toBeUndefined();
    expect(why([denied(), denied({ agent: 'agent' })], request({ deniedBefore }))).toMatchObject({
      kind: 'denied',
    });
  });

  test('is not done without people either', () => {
    expect(why([denied()], request({ asks: false }))).toMatchObject({ kind: 'people' });
    expect(why([denied({ agent: 'agent' })], request({ asks: false }))).toMatchObject({ kind: 'denied' });
  });

  const cancelled = (n: number, changes: Partial<OtherRequest> = {}) =>
    denied({
      actionId: `agent.${n}`,
      agent: 'agent',
      closedAt: NOW - n,
      denial: { by: 'the side that asks', reason: '', cancelled: true },
      ...changes,
    });

  test('cancelling in time is no way around it: the same goes to people, and after the third time to nobody', () => {
    expect(why([cancelled(1), cancelled(2)])).toMatchObject({
      kind: 'people',
      deniedBefore: { actionId: 'agent.1', cancelled: true },
    });
    expect(why([cancelled(1), cancelled(2), cancelled(3)])).toEqual({
      kind: 'denied',
      reason: expect.stringMatching(
        /^the side that asks cancelled the same at .*, as agent\.1, while people were asked about it, and 3 times in all; agent does not/,
      ),
    });
    expect(why([cancelled(1), denied()])).toMatchObject({ kind: 'people', deniedBefore: { by: 'ada' } });
  });

  test.each<[string, Partial<OtherRequest>]>([
    ['of which nobody was asked', { asks: false }],
    ['of another agent', { agent: 'other' }],
  ])('what was cancelled %s counts for nothing', (_, changes) => {
    expect(why([1, 2, 3, 4].map((n) => cancelled(n, changes)))).toBeUndefined();
  });

  test.each([
    ['just before the time is over', 24 * HOUR - 1, true],
    ['when the time is over', 24 * HOUR, false],
    ['after it', 24 * HOUR + 1, false],
  ])('%s: %j ms later, denied: %j', (_, later, stands) => {
    expect(why([denied({ closedAt: NOW - later })]) !== undefined).toBe(stands);
  });

  test.each<[string, Partial<OtherRequest>]>([
    ['something else was denied', { sameness: 'other' }],
    ['nobody denied it, it expired', { denial: undefined }],
    ['it is this action itself, asked again', { actionId: 'agent.new' }],
  ])('it is asked for where %s', (_, changes) => {
    expect(why([denied(changes)])).toBeUndefined();
  });

  test('and a later denial is the one that is told', () => {
    const later = denied({ actionId: 'other.later', closedAt: NOW - 1, denial: { by: 'grace', reason: '' } });
    expect(why([denied(), later])).toMatchObject({
      deniedBefore: { by: 'grace', actionId: 'other.later', reason: '' },
    });
  });

  test('counts for nothing where no time is set', () => {
    expect(whyNotAsked({}, request(), [denied()])).toBeUndefined();
  });
});

describe('how many may be open', () => {
  const open = (n: number, changes: Partial<OtherRequest> = {}): OtherRequest => ({
    actionId: `agent.${n}`,
    agent: 'agent',
    sameness: `${n}`,
    asks: true,
    ruledAt: NOW - HOUR,
    ...changes,
  });
  const why = (others: readonly OtherRequest[], asked = request()) =>
    whyNotAsked({ openPerAgent: 2 }, asked, others);

  test.each([
    [0, false],
    [1, false],
    [2, true],
    [3, true],
  ])('of an agent that may have 2 and has %d, the next is denied: %j', (count, denied) => {
    expect(why(Array.from({ length: count }, (_, n) => open(n))) !== undefined).toBe(denied);
  });

  test('the reason says how many, whose, and what to do', () => {
    expect(why([open(1), open(2)])).toEqual({
      kind: 'denied',
      reason:
        'at most 2 actions of one agent may be open at once of those that people are asked about, and agent has 2: wait until one is closed, or a day after a recommendation',
    });
  });

  test.each<[string, Partial<OtherRequest>]>([
    ['is closed', { closedAt: NOW - 1 }],
    ['asks nobody', { asks: false }],
    ['is another agent’s', { agent: 'other' }],
    ['is the action itself', { actionId: 'agent.new' }],
    ['was recommended a day ago', { asks: false, recommends: true, ruledAt: NOW - RECOMMENDED_MS }],
    ['nobody signed', { unsigned: true }],
    ['was left behind for 30 days', { ruledAt: NOW - LONGEST_OPEN_MS }],
  ])('one that %s takes no place', (_, changes) => {
    expect(why([open(1), open(2, changes)])).toBeUndefined();
  });

  test('a recommendation takes a place for a day, closed as it is, and needs one', () => {
    const recommended = open(1, { asks: false, recommends: true, closedAt: NOW - 1 });
    expect(why([recommended, open(2)])).toMatchObject({ kind: 'denied' });
    const next = request({ asks: false, recommends: true });
    expect(why([recommended, open(2)], next)).toMatchObject({ kind: 'denied' });
    expect(why([recommended], next)).toBeUndefined();
  });

  test('what nobody signed has places of its own', () => {
    const unsigned = { asks: false, recommends: true, unsigned: true } as const;
    expect(why([open(1), open(2)], request(unsigned))).toBeUndefined();
    expect(why([open(1, unsigned), open(2, unsigned)], request(unsigned))).toMatchObject({ kind: 'denied' });
  });

  test('an action that asks nobody needs no place', () => {
    expect(why([open(1), open(2)], request({ asks: false }))).toBeUndefined();
  });
});

describe('two actions are the same', () => {
  const action = { type: 'cache.flush', target: 'cart', environment: 'production', params: { a: 1, b: 'x' } };
  test('whatever the order of their parameters', () => {
    expect(samenessOf({ ...action, params: { b: 'x', a: 1 } })).toBe(samenessOf(action));
  });
  test.each([{ type: 'cache.warm' }, { target: 'web' }, { environment: 'staging' }, { params: { a: 1 } }])(
    'but not with %j',
    (change) => {
      expect(samenessOf({ ...action, ...change })).not.toBe(samenessOf(action));
    },
  );
});
