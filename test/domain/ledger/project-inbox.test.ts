import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { groupsOf, neededFor, partsIn, settledAt } from '../../../src/domain/ledger/inbox-people.ts';
import { ENTRY_KINDS, type NewEntry } from '../../../src/domain/ledger/ledger.ts';
import { type Listed, list } from '../../../src/domain/ledger/project-inbox.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { closedBody, ruledBody } from '../../support/ledger-bodies.ts';

const entry = (kind: NewEntry['kind'], at: number, body: Json = {}): NewEntry => ({
  eventId: `one/run/${kind}`,
  actionId: 'one',
  kind,
  at,
  body,
});

const quorum = (group: string, atLeast: number, ...people: string[]) => ({
  group,
  atLeast,
  excluded: [],
  approvers: people.map((person) => ({ person, keys: ['a key'] })),
});

const route = (...waits: number[]) => ({ onSilence: 'deny', steps: waits.map((waitMs) => ({ waitMs })) });

/** Two of the team, within ten minutes. */
const asks = (at = 100, ruling: { readonly [name: string]: Json } = {}) =>
  entry(
    'ruled',
    at,
    ruledBody({
      action: { title: 'flush the cache' },
      impact: { riskScore: 42 },
      ruling: {
        tier: 3,
        requirement: quorum('team', 2, 'ada', 'bo', 'cy'),
        route: route(400, 200),
        ...ruling,
      },
    }),
  );

const vote = (person: string, verdict = 'approve', decidedAt = 200) => ({
  person,
  verdict,
  decidedAt,
  jws: 'signed',
});
const admitted = (...votes: Json[]) => entry('admitted', 300, { settlement: { kind: 'approved' }, votes });
const closed = (outcome: string, record: { readonly [name: string]: Json } = {}, more: object = {}) =>
  entry('closed', 400, { ...closedBody(outcome, record), ...more });

const told = (...entries: readonly NewEntry[]) => entries.reduce<Listed | undefined>(list, undefined);
const parts = (...entries: readonly NewEntry[]) => {
  const listed = told(...entries);
  return listed ? partsIn(listed) : [];
};

test('what asks people waits until the end of its route', () => {
  expect(told(asks())).toMatchObject({
    actionId: 'one',
    title: 'flush the cache',
    risk: 42,
    tier: 3,
    status: 'waiting',
    openedAt: 100,
    ruledAt: 100,
    deadline: 700,
  });
  expect(parts(asks())).toEqual(['ada', 'bo', 'cy'].map((person) => ({ person, part: 'asked', at: 700 })));
});

test('what asks nobody runs, and is nobody’s to decide', () => {
  const runs = entry('ruled', 100, ruledBody());
  expect(told(runs)).toMatchObject({ status: 'running' });
  expect(parts(runs)).toEqual([]);
});

test('what was ruled on again waits anew, for those who are asked now', () => {
  const again = asks(500, { requirement: quorum('other', 1, 'dee') });
  expect(told(asks(), again)).toMatchObject({ openedAt: 100, ruledAt: 500, deadline: 1_100 });
  expect(parts(asks(), again)).toEqual([{ person: 'dee', part: 'asked', at: 1_100 }]);
});

test('what people decided is theirs once it runs, and nobody is asked any more', () => {
  const decided = parts(asks(), admitted(vote('ada'), vote('bo', 'approve', 250)));
  expect(decided.map(({ person, part, at }) => [person, part, at])).toEqual([
    ['ada', 'decided', 200],
    ['bo', 'decided', 250],
  ]);
});

test('a vote that settles nothing is theirs, until they withdraw it or it is ruled on anew', () => {
  const voted = (at: number, ...votes: Json[]) => entry('voted', at, { votes });
  const asked = (...entries: readonly NewEntry[]) =>
    parts(...entries).flatMap(({ person, part }) => (part === 'asked' ? [person] : []));
  expect(asked(asks(), voted(200, vote('ada')))).toEqual(['bo', 'cy']);
  expect(asked(asks(), voted(200, vote('ada')), voted(210))).toEqual(['ada', 'bo', 'cy']);
  expect(asked(asks(), voted(200, vote('ada')), asks(500))).toEqual(['ada', 'bo', 'cy']);
  // Told late, it is still about what was asked before.
  expect(asked(asks(), asks(500), voted(200, vote('ada')))).toEqual(['ada', 'bo', 'cy']);
  expect(parts(asks(), admitted(vote('ada'), vote('bo')), voted(200, vote('ada')))).toHaveLength(2);
});

test('who decided is not asked again while others are, and is not among those who are needed', () => {
  const listed = told(
    asks(100, { requirement: { allOf: [quorum('team', 1, 'ada'), quorum('security', 1, 'bo')] } }),
  );
  if (!listed) throw new Error('nothing waits');
  const half = { ...listed, votes: [{ person: 'ada', verdict: 'approve', at: 200 }] };
  expect(partsIn(half)).toEqual([
    { person: 'bo', part: 'asked', at: 700 },
    { person: 'ada', part: 'decided', verdict: 'approve', at: 200 },
  ]);
  expect(neededFor(half)).toBe('1 of security');
});

test('the time to approve ends with the last decision, and silence has none', () => {
  const settled = (...entries: NewEntry[]) => {
    const listed = told(...entries);
    return listed && settledAt(listed);
  };
  expect(settled(asks(), admitted(vote('ada'), vote('bo', 'approve', 250)))).toBe(250);
  expect(
    settled(asks(), closed('expired', { settlement: { kind: 'expired' }, votes: [vote('ada')] })),
  ).toBeUndefined();
  expect(settled(asks())).toBeUndefined();
});

test('a denial is its person’s, with the reason', () => {
  const denied = { ...vote('bo', 'deny'), reason: 'Wrong time' };
  const end = closed('deniedByPerson', { settlement: { kind: 'denied' }, votes: [denied] });
  expect(told(asks(), end)).toMatchObject({
    status: 'closed',
    outcome: 'deniedByPerson',
    settlement: 'denied',
  });
  expect(parts(asks(), end)).toEqual([
    { person: 'bo', part: 'decided', verdict: 'deny', at: 200, reason: 'Wrong time' },
  ]);
});

test('who broke the glass decided', () => {
  const settlement = { kind: 'brokenGlass', by: 'dee', reason: 'it burns', incident: 'INC-1' };
  expect(parts(asks(), entry('admitted', 300, { settlement, votes: [] }))).toEqual([
    { person: 'dee', part: 'decided', verdict: 'breakGlass', at: 300, reason: 'it burns' },
  ]);
});

describe('a review', () => {
  const review = { withinMs: 1_000, requirement: quorum('owners', 1, 'eve', 'fay') };
  const runs = entry('ruled', 100, ruledBody({ ruling: { review } }));
  const due = [
    { person: 'eve', part: 'reviews', at: 1_400 },
    { person: 'fay', part: 'reviews', at: 1_400 },
  ];

  test('is due from when the action closed, where the entry says that it was opened', () => {
    expect(parts(runs, closed('succeeded', { receipt: {} }, { review }))).toEqual(due);
    expect(parts(runs, closed('succeeded', { receipt: {} }, { review: null }))).toEqual([]);
  });

  test('was opened, before entries said so, for what ran without approval', () => {
    expect(parts(runs, closed('succeeded', { receipt: {} }))).toEqual(due);
    expect(parts(runs, closed('failed'))).toEqual([]);
    expect(parts(runs, closed('succeeded', { receipt: {}, settlement: { kind: 'approved' } }))).toEqual([]);
  });

  test('that somebody made is theirs, and due from nobody', () => {
    const made = entry('reviewed', 900, { result: { kind: 'agreed' }, votes: [vote('fay', 'approve', 800)] });
    expect(parts(runs, closed('succeeded', { receipt: {} }, { review }), made)).toEqual([
      { person: 'fay', part: 'decided', verdict: 'approve', at: 800 },
    ]);
  });

  test('that was left out of the sample is due from nobody', () => {
    const skipped = entry('reviewSkipped', 401, { reason: 'not drawn' });
    expect(parts(runs, closed('succeeded', { receipt: {} }, { review }), skipped)).toEqual([]);
  });

  test('that is overdue and escalates is still due, until somebody made it late', () => {
    const missed = entry('reviewed', 1_400, { result: { kind: 'overdue' }, votes: [], openUntil: 9_000 });
    const made = entry('reviewed', 2_000, { result: { kind: 'agreed', late: true }, votes: [vote('fay')] });
    const over = closed('succeeded', { receipt: {} }, { review });
    expect(parts(runs, over, missed)).toEqual(due);
    expect(parts(runs, over, missed, made)).toMatchObject([{ person: 'fay', part: 'decided' }]);
  });

  test('that nobody made is over', () => {
    const missed = entry('reviewed', 1_400, { result: { kind: 'overdue' }, votes: [] });
    const listed = told(runs, closed('succeeded', { receipt: {} }, { review }), missed);
    expect(listed?.review).toMatchObject({ result: 'overdue', dueAt: 1_400 });
    expect(listed && partsIn(listed)).toEqual([]);
  });

  test('overdue and still open it is due as before, until somebody answers late or its time is over', () => {
    const ended = closed('succeeded', { receipt: {} }, { review });
    const open = entry('reviewed', 1_400, { result: { kind: 'overdue' }, votes: [], openUntil: 9_000 });
    const late = entry('reviewed', 2_000, { result: { kind: 'agreed', late: true }, votes: [vote('fay')] });
    expect(told(runs, ended, open)?.review).toMatchObject({ dueAt: 1_400 });
    expect(told(runs, ended, open)?.review?.result).toBeUndefined();
    expect(told(runs, ended, open, late)?.review).toMatchObject({ result: 'agreed' });
  });

  test('left out of a sample it is nobody’s', () => {
    const ended = closed('succeeded', { receipt: {} }, { review });
    expect(parts(runs, ended, entry('reviewSkipped', 401, { reason: 'routine' }))).toEqual([]);
  });
});

test('a person in two groups of a requirement is asked once, and both groups are named', () => {
  const requirement = { allOf: [quorum('team', 1, 'ada', 'bo'), quorum('security', 1, 'ada')] };
  const listed = told(asks(100, { requirement }));
  expect(listed && partsIn(listed).map(({ person }) => person)).toEqual(['ada', 'bo']);
  expect(listed && groupsOf(listed)).toEqual(['team', 'security']);
  expect(listed && neededFor(listed)).toBe('1 of team and 1 of security');
});

test('what runs once more after a reset is not closed, and is reviewed by nobody yet', () => {
  const review = { withinMs: 1_000, requirement: quorum('owners', 1, 'eve') };
  const runs = entry('ruled', 100, ruledBody({ ruling: { review } }));
  const listed = told(
    runs,
    closed('succeeded', { receipt: {} }, { review }),
    entry('admitted', 500, { votes: [] }),
  );
  expect(listed).toMatchObject({ status: 'running' });
  expect(listed?.outcome).toBeUndefined();
  expect(listed && partsIn(listed)).toEqual([]);
});

test('an entry that does not hold what its step writes is never an error, and loses nothing', () => {
  const anyEntry = fc.record({
    eventId: fc.string(),
    actionId: fc.constant('one'),
    kind: fc.constantFrom(...ENTRY_KINDS),
    at: fc.nat(),
    body: fc.jsonValue() as fc.Arbitrary<Json>,
  });
  fc.assert(
    fc.property(fc.array(anyEntry), (entries) => {
      const listed = told(asks(), ...entries);
      expect(listed).toMatchObject({ actionId: 'one', target: 'catalog' });
      if (listed) expect(() => [partsIn(listed), neededFor(listed), settledAt(listed)]).not.toThrow();
    }),
  );
});

test('a title that no store can hold is made one', () => {
  const ruled = entry('ruled', 1, ruledBody({ action: { title: `a\0b\uD800${'x'.repeat(600)}` } }));
  expect(told(ruled)?.title).toMatch(/^a\uFFFDb\uFFFDx{496}$/);
});
