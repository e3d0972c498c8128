import { describe, expect, test } from 'vitest';
import type { PlayedAction } from '../../../src/domain/exercise/account.ts';
import type { ExpectedOfAction } from '../../../src/domain/exercise/expectations.ts';
import { mostWithin } from '../../../src/domain/exercise/load.ts';
import { type Exercised, reportOf } from '../../../src/domain/exercise/report.ts';
import type { SeenEffect, SeenMessage, Sighting } from '../../../src/domain/exercise/sighting.ts';
import type { ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import type { Json } from '../../../src/domain/shared/json.ts';

const MINUTE = 60_000;
const ID = 'deploy-agent.a';

const entry = (kind: ReadEntry['kind'], at: number, body: Json): ReadEntry =>
  ({
    seq: at + 1,
    eventId: `${ID}/run/${kind}`,
    actionId: ID,
    kind,
    at,
    body,
    previousHash: '',
    hash: '',
  }) as ReadEntry;

const ruled = entry('ruled', 0, {
  proposal: { agent: { id: 'deploy-agent' }, rationale: { summary: 'tests passed' } },
  action: { agent: { id: 'deploy-agent' }, params: {}, title: 'deploy 2.5.0 to checkout' },
  impact: {},
  ruling: { kind: 'permit', tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} },
});
const settled = (at: number, settlement: Json, ...voters: string[]) =>
  entry('settled', at, { settlement, votes: voters.map((person) => ({ person })) });
const approved = (at: number) => settled(at, { kind: 'approved', by: ['grace'] }, 'grace');
const closed = (at: number, kind: string) =>
  entry('closed', at, { outcome: { kind, reason: 'because' }, hold: false, record: {}, review: null });

const effect = (at: number, changes: Partial<SeenEffect> = {}): Sighting => ({
  kind: 'effect',
  at,
  actionId: ID,
  way: 'there',
  answer: 'done',
  ...changes,
});
const message = (at: number, changes: Partial<SeenMessage> = {}): Sighting => ({
  kind: 'message',
  at,
  actionId: ID,
  workflowId: `action/${ID}`,
  step: 'route-1',
  by: 'mail',
  about: 'approvalRequested',
  people: ['grace'],
  taken: true,
  ...changes,
});

const aPlayed = (
  is: 'good' | 'bad',
  entries: readonly ReadEntry[],
  sightings: readonly Sighting[],
  expect: ExpectedOfAction = {},
): PlayedAction & { expect: ExpectedOfAction } => ({
  name: 'a',
  is,
  actionId: ID,
  entries,
  sightings,
  expect,
});

const report = (action: ReturnType<typeof aPlayed>, expected: Exercised['expect'] = {}) =>
  reportOf({ title: 'x', begins: 0, ended: 100 * MINUTE, actions: [action], expect: expected });
const account = (action: ReturnType<typeof aPlayed>) => report(action).accounts[0];

describe('how an action ended is judged by what the governed system saw', () => {
  test.each([
    ['bad', [effect(1)], 'stands', 'badStands'],
    ['bad', [effect(1, { answer: 'lost' })], 'unknown', 'badStands'],
    ['bad', [effect(1), effect(5, { way: 'back', answer: 'refused' })], 'stands', 'badStands'],
    ['bad', [effect(1), effect(5, { way: 'back' })], 'takenBack', undefined],
    ['bad', [effect(1, { answer: 'refused' })], 'none', undefined],
    ['bad', [], 'none', undefined],
    ['good', [effect(1)], 'stands', undefined],
    ['good', [effect(1), effect(5, { way: 'back' })], 'takenBack', 'goodMissing'],
    ['good', [], 'none', 'goodMissing'],
  ] as const)('a %s change with %j: %s, %s', (is, sightings, end, wrong) => {
    // The ledger's last word is the same each time: it is not what counts here.
    expect(account(aPlayed(is, [ruled, closed(9, 'succeeded')], sightings))).toMatchObject({
      effect: end,
      ...(wrong ? { wrong } : {}),
    });
    expect(account(aPlayed(is, [ruled, closed(9, 'succeeded')], sightings))?.wrong).toBe(wrong);
  });

  test('how long an effect stood is from its request to that of the rollback', () => {
    expect(
      account(aPlayed('bad', [ruled], [effect(MINUTE), effect(4 * MINUTE, { way: 'back' })])),
    ).toMatchObject({
      effectMs: 3 * MINUTE,
    });
  });

  test('what has not ended is open, and what was no proposal is refused', () => {
    expect(account(aPlayed('bad', [ruled], []))?.end).toBe('open');
    expect(
      account(aPlayed('bad', [], [{ kind: 'refusal', at: 1, actionId: ID, reason: 'no such service' }])),
    ).toMatchObject({ end: 'refused', reason: 'no such service' });
  });
});

describe('whether people were in it', () => {
  test.each([
    ['nobody was asked', [ruled], true],
    ['silence let it run', [ruled, settled(5, { kind: 'proceed' })], true],
    ['a person approved', [ruled, approved(5)], false],
    ['a person broke the glass', [ruled, settled(5, { kind: 'brokenGlass', by: 'linus' })], false],
  ])('%s', (_, entries, withoutPeople) => {
    expect(account(aPlayed('good', entries, [effect(6)]))?.withoutPeople).toBe(withoutPeople);
    // Without an effect, nothing ran.
    expect(account(aPlayed('good', entries, []))?.withoutPeople).toBe(false);
  });

  test('an answer counts from when it was ruled on, and silence is none', () => {
    expect(account(aPlayed('good', [ruled, approved(4 * MINUTE)], []))?.answerMs).toBe(4 * MINUTE);
    expect(
      account(aPlayed('good', [ruled, settled(9, { kind: 'expired', reason: 'x' })], []))?.answerMs,
    ).toBeUndefined();
    expect(account(aPlayed('good', [ruled, settled(9, { kind: 'proceed' })], []))?.answerMs).toBeUndefined();
  });
});

describe('what nobody heard', () => {
  const page = { by: 'page', step: 'route-2', people: ['linus'] } as const;

  test('a page that never arrived is one, however often it was tried', () => {
    const sightings = [1, 2, 3].map((at) => message(at, { ...page, taken: false }));
    expect(report(aPlayed('good', [ruled, approved(9)], sightings)).unheard).toMatchObject([
      { kind: 'notDelivered', at: 1, by: ['page'], people: ['linus'] },
    ]);
  });

  test('a page that arrived in the end is none', () => {
    const sightings = [message(1, { ...page, taken: false }), message(2, page)];
    expect(report(aPlayed('good', [ruled, approved(9)], sightings)).unheard).toEqual([]);
  });

  test('all that were asked in vain are one, and those who were only told are none', () => {
    const sightings = [message(1), message(2, page), message(3, { about: 'rolledBack' })];
    expect(report(aPlayed('good', [ruled, closed(9, 'expired')], sightings)).unheard).toMatchObject([
      { kind: 'notAnswered', people: ['grace', 'linus'] },
    ]);
    expect(report(aPlayed('good', [ruled, closed(9, 'deniedByPolicy')], sightings)).unheard).toEqual([]);
  });
});

describe('the load', () => {
  test('counts what arrived and what was decided, the busiest person first', () => {
    const sightings = [
      message(0, { people: ['grace', 'linus'] }),
      message(1, { people: ['linus'], by: 'page' }),
      message(2, { people: ['ada'], taken: false }),
    ];
    expect(report(aPlayed('good', [ruled, approved(5)], sightings)).loads).toEqual([
      { person: 'linus', messages: 2, pages: 1, mostInAnHour: 2, decisions: 0 },
      { person: 'grace', messages: 1, pages: 0, mostInAnHour: 1, decisions: 1 },
    ]);
  });

  test.each([
    [[], 0],
    [[5], 1],
    [[0, 59, 60], 2],
    [[0, 60, 120], 1],
    [[120, 0, 30, 100], 2],
  ])('within 60 of %j there are %s at most', (times, most) => {
    expect(mostWithin(times, 60)).toBe(most);
  });
});

describe('what is not as expected', () => {
  const entries = [ruled, approved(20 * MINUTE), closed(30 * MINUTE, 'succeeded')];
  const sightings = [message(0), effect(21 * MINUTE)];
  const unexpected = (expected: ExpectedOfAction, whole: Exercised['expect'] = {}) =>
    report(aPlayed('bad', entries, sightings, expected), whole).unexpected.map(({ what }) => what);

  test('nothing, where all is so', () => {
    expect(
      unexpected(
        { outcome: ['rolledBack', 'succeeded'], withoutPeople: false, answeredWithin: 20 * MINUTE },
        { wrong: 1, unheard: 0, withoutPeople: 0, messagesPerPerson: 1 },
      ),
    ).toEqual([]);
  });

  test('each expectation that failed, with what was', () => {
    expect(
      unexpected(
        { outcome: ['rolledBack'], withoutPeople: true, answeredWithin: 15 * MINUTE },
        { wrong: 0, messagesPerPerson: 0 },
      ),
    ).toEqual([
      'it ended as succeeded, and rolledBack is expected',
      'it had no effect without an approval, and one is expected',
      'the answer took 20 minutes, and 15 minutes is the most that is expected',
      '1 wrong outcomes, and 0 is the most that is expected',
      '1 messages to grace, and 0 is the most that is expected',
    ]);
  });
});
