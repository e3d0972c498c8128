import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { EntryKind, ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import type { Answered, Case } from '../../../src/domain/simulation/case.ts';
import { effectsOf, verdictOf } from '../../../src/domain/simulation/effects.ts';
import { type Ending, nextEnding } from '../../../src/domain/simulation/ending.ts';

const MINUTE = 60_000;
/** 03:47 UTC. */
const NIGHT = Date.parse('2026-03-14T03:47:00Z');

const atOnce: Answered = { mode: 'execute', text: 'runs at once', asked: [] };
const windowOf = (minutes: number): Answered => ({
  mode: 'executeAfterWindow',
  text: `runs after ${minutes}m`,
  asked: ['ada'],
  windowMs: minutes * MINUTE,
});
const approval: Answered = { mode: 'executeWithApproval', text: 'waits', asked: ['ada', 'grace'] };
const denied: Answered = { mode: 'denied', text: 'is denied', asked: [] };

const aCase = (before: Answered, after: Answered, changes: Partial<Case> = {}): Case => ({
  actionId: 'a',
  runId: 'r',
  at: NIGHT,
  title: 'flush',
  actionType: 'cache.flush',
  target: 'catalog',
  environment: 'production',
  agent: 'cache-agent',
  class: 'unchanged',
  because: [],
  replayed: { recorded: before.mode, before, after, since: 'same', sinceBecause: [] },
  ...changes,
});

const ended = (outcome: Ending['outcome'], changes: Partial<Ending> = {}): Ending => ({
  ruledAt: NIGHT,
  ran: true,
  outcome,
  ...changes,
});

/** What follows from one action that ended so. */
const effectOf = (before: Answered, after: Answered, ending: Ending) =>
  effectsOf([aCase(before, after)], [], new Map([['a', ending]]));

describe('would have run, and should not have', () => {
  const personDenied = (afterMinutes: number): Ending => ({
    ruledAt: NIGHT,
    outcome: 'deniedByPerson',
    answeredMs: afterMinutes * MINUTE,
  });

  test.each<[string, Answered, Answered, Ending, string | undefined]>([
    ['what people denied, at once', approval, atOnce, personDenied(3), 'people denied it'],
    ['what people denied after its window', approval, windowOf(5), personDenied(6), 'people denied it'],
    ['not what they would have denied in its window', approval, windowOf(5), personDenied(5), undefined],
    [
      'what they denied too late for a shorter window',
      windowOf(9),
      windowOf(2),
      personDenied(3),
      'people denied it',
    ],
    ['what was rolled back', approval, atOnce, ended('rolledBack'), 'it was rolled back'],
    [
      'what was reported',
      approval,
      atOnce,
      ended('succeeded', { reported: 'regressed' }),
      'a person reported that it made things worse',
    ],
    [
      'what its reviewer disagreed with',
      approval,
      windowOf(5),
      ended('succeeded', { disagreed: true }),
      'its reviewer disagreed',
    ],
    [
      'not what a person reported as wrongly rolled back',
      approval,
      atOnce,
      ended('rolledBack', { reported: 'rollbackWrong' }),
      undefined,
    ],
    ['not what ran alone already', atOnce, atOnce, ended('rolledBack'), undefined],
    ['not what ended well', approval, atOnce, ended('succeeded'), undefined],
    ['not what expired', approval, atOnce, { ruledAt: NIGHT, outcome: 'expired' }, undefined],
  ])('%s', (_, before, after, ending, why) => {
    expect(effectOf(before, after, ending).wouldHaveRun.map((each) => each.ended)).toEqual(why ? [why] : []);
  });
});

describe('would have waited, and ended well', () => {
  test.each<[string, Answered, Answered, Ending, number]>([
    ['what ran at once', atOnce, approval, ended('succeeded'), 1],
    ['what ran after a window', windowOf(5), approval, ended('succeeded'), 1],
    ['what would not have run', approval, denied, ended('succeeded'), 1],
    ['not what waits as before', approval, approval, ended('succeeded'), 0],
    ['not what was rolled back', atOnce, approval, ended('rolledBack'), 0],
    ['not what its reviewer disagreed with', atOnce, approval, ended('succeeded', { disagreed: true }), 0],
  ])('%s', (_, before, after, ending, count) => {
    expect(effectOf(before, after, ending).wouldHaveWaited).toHaveLength(count);
  });
});

test('questions are counted by person, and by the hour', () => {
  const cases = [
    aCase(atOnce, approval, { actionId: 'a' }),
    aCase(approval, windowOf(5), { actionId: 'b' }),
    aCase(atOnce, approval, { actionId: 'c', at: NIGHT + 60 * MINUTE }),
  ];
  expect(effectsOf(cases, [], new Map()).asks).toEqual({
    all: { before: 1, after: 3 },
    people: [
      { person: 'ada', before: 1, after: 3 },
      { person: 'grace', before: 1, after: 2 },
    ],
    hours: [
      { hour: 3, before: 1, after: 2 },
      { hour: 4, before: 0, after: 1 },
    ],
  });
});

describe('the waiting', () => {
  const priced = (answered: Answered, waitingPerHour: number): Answered => ({ ...answered, waitingPerHour });

  test('of what people were asked about is as long as they took', () => {
    const { waiting } = effectOf(
      approval,
      priced(atOnce, 600),
      ended('succeeded', { answeredMs: 10 * MINUTE }),
    );
    expect(waiting).toMatchObject({
      addedMs: 0,
      savedMs: 10 * MINUTE,
      savedCost: 100,
      estimated: 0,
      withoutCost: 0,
    });
  });

  test('of what nobody was asked about is as long as half of such answers took', () => {
    const answers = [2, 4, 60].map(
      (minutes, i) => [`b${i}`, ended('succeeded', { answeredMs: minutes * MINUTE })] as const,
    );
    const cases = [
      aCase(atOnce, approval),
      ...answers.map(([actionId]) => aCase(approval, approval, { actionId })),
    ];
    const { waiting } = effectsOf(cases, [], new Map([['a', ended('succeeded')], ...answers]));
    expect(waiting).toMatchObject({ addedMs: 4 * MINUTE, savedMs: 0, estimated: 1, withoutCost: 1 });
  });

  test('of a window is all of it, or until somebody approved', () => {
    expect(effectOf(atOnce, windowOf(5), ended('succeeded')).waiting.addedMs).toBe(5 * MINUTE);
    const early = ended('succeeded', { answeredMs: 2 * MINUTE });
    expect(effectOf(windowOf(5), windowOf(9), early).waiting.addedMs).toBe(0);
    expect(effectOf(windowOf(1), windowOf(9), early).waiting.addedMs).toBe(MINUTE);
  });

  test('is not known where nobody ever answered', () => {
    expect(effectOf(atOnce, approval, ended('succeeded')).waiting).toMatchObject({ addedMs: 0, unknown: 1 });
  });

  test('does not count what never ran', () => {
    const refusedByPeople: Ending = { ruledAt: NIGHT, outcome: 'deniedByPerson', answeredMs: MINUTE };
    expect(effectOf(approval, atOnce, refusedByPeople).waiting.savedMs).toBe(0);
  });

  test('does not count what never runs', () => {
    expect(effectOf(atOnce, denied, ended('succeeded')).waiting).toMatchObject({ addedMs: 0, unknown: 0 });
  });
});

test('of an action that was ruled on again, the last ruling counts', () => {
  const cases = [aCase(atOnce, approval), aCase(approval, approval)];
  const { asks, coverage } = effectsOf(cases, [], new Map());
  expect([asks.all, coverage.rulings]).toEqual([{ before: 1, after: 1 }, 2]);
});

describe('the coverage and the verdict', () => {
  const lost = aCase(atOnce, atOnce, {
    class: 'notReplayable',
    because: ['there is no service'],
    replayed: undefined,
  });
  const with_ = (each: Case['class']) => aCase(atOnce, atOnce, { class: each });

  test.each<[string, readonly Case[], string]>([
    ['nothing looser', [with_('unchanged'), with_('tightened')], 'notLooser'],
    ['one looser among others', [with_('perhaps'), with_('loosened'), lost], 'looser'],
    ['INVARIANT 7: one that is perhaps looser', [with_('unchanged'), with_('perhaps')], 'notKnown'],
    ['INVARIANT 7: one that could not be ruled on again', [with_('unchanged'), lost], 'notKnown'],
    ['INVARIANT 7: nothing at all', [], 'notKnown'],
  ])('%s', (_, cases, verdict) => {
    expect(verdictOf(effectsOf(cases, [], new Map()))).toBe(verdict);
  });

  test('name each reason once, with how often', () => {
    const unread = [{ actionId: 'z', at: 1, why: 'entry 7 of the ledger cannot be read' }];
    const { coverage, classes } = effectsOf([lost, lost, with_('unchanged')], unread, new Map());
    expect(coverage).toEqual({
      rulings: 4,
      replayed: 1,
      notReplayable: [
        { why: 'there is no service', count: 2 },
        { why: 'entry 7 of the ledger cannot be read', count: 1 },
      ],
    });
    expect(classes.notReplayable).toBe(3);
  });

  test('every ruling is in one class', () => {
    const cases = fc.array(
      fc
        .constantFrom<Case['class']>('unchanged', 'loosened', 'tightened', 'perhaps', 'notReplayable')
        .map(with_),
    );
    fc.assert(
      fc.property(cases, (given) => {
        const { classes, coverage } = effectsOf(given, [], new Map());
        expect(Object.values(classes).reduce((sum, count) => sum + count, 0)).toBe(coverage.rulings);
      }),
    );
  });
});

describe('what became of an action', () => {
  const entry = (kind: EntryKind, at: number, body: ReadEntry['body'] = {}): ReadEntry => ({
    seq: 1,
    eventId: 'a/r/x',
    actionId: 'a',
    kind: kind as 'ruled',
    at,
    body: body as Json,
    previousHash: '',
    hash: '',
  });
  const endingOf = (...entries: readonly ReadEntry[]) =>
    entries.reduce<Ending | undefined>(nextEnding, undefined);

  test('is read from its entries', () => {
    const entries = [
      entry('ruled', 1_000),
      entry('settled', 61_000, { settlement: { kind: 'approved', by: ['grace'] } }),
      entry('admitted', 61_001),
      entry('closed', 90_000, { outcome: { kind: 'succeeded', reason: 'fine' } }),
      entry('reported', 95_000, { found: 'regressed' }),
    ];
    expect(endingOf(...entries)).toEqual({
      ruledAt: 1_000,
      answeredMs: MINUTE,
      ran: true,
      outcome: 'succeeded',
      reported: 'regressed',
    });
  });

  test('silence is no answer', () => {
    const silent = [entry('ruled', 1_000), entry('settled', 61_000, { settlement: { kind: 'proceed' } })];
    expect(endingOf(...silent)).toEqual({ ruledAt: 1_000 });
  });

  test('begins anew with each ruling', () => {
    expect(endingOf(entry('ruled', 1), entry('admitted', 2), entry('ruled', 3))).toEqual({ ruledAt: 3 });
  });

  test('is nothing before the first ruling', () => {
    expect(endingOf(entry('closed', 1))).toBeUndefined();
  });
});
