import { describe, expect, test } from 'vitest';
import { DELEGATIONS, delegationSchema, parseDelegations } from '../../src/contract/delegation.ts';
import type { Delegation } from '../../src/domain/approval/delegation.ts';
import { chain, type EntryKind, GENESIS, type Head, type ReadEntry } from '../../src/domain/ledger/ledger.ts';

const gives = (from: string, to: string): Delegation => ({
  id: `${from}-${to}`,
  from,
  to,
  scope: { kind: 'everything' },
  since: 10,
  until: 1_000,
  reason: 'away',
});
const given = (from: string, to: string, more: object = {}): [EntryKind, object] => [
  'delegated',
  { delegation: { ...gives(from, to), ...more }, jws: 'x' },
];
const ended = (id: unknown): [EntryKind, object] => ['delegationEnded', { id, by: 'ada', reason: 'back' }];

/** The ledger's entries about delegations, in their order. */
function entries(...facts: [kind: EntryKind, body: object][]): ReadEntry[] {
  let head: Head = GENESIS;
  return facts.map(([kind, body], at) => {
    const sent = JSON.parse(JSON.stringify(body));
    const entry = chain(head, {
      eventId: `order/${at}`,
      actionId: DELEGATIONS,
      kind,
      at: 100 + at,
      body: sent,
    });
    head = entry;
    return entry;
  });
}

const changedRow = (entry: ReadEntry | undefined): ReadEntry => {
  if (!entry) throw new Error('there is none');
  return { ...entry, kind: 'unreadable', body: { reason: 'its row was changed' } };
};

test('what was given stands until it is ended', () => {
  const all = entries(given('ada', 'grace'), given('linus', 'mei'), ended('ada-grace'));
  expect(parseDelegations(all)).toEqual({ delegations: [gives('linus', 'mei')], unreadable: [] });
});

describe('INVARIANT 4: an entry that cannot be read takes places away, and stops nobody', () => {
  const doubtful = (delegation: Delegation) => ({ ...delegation, doubtful: true });

  test.each<[string, [EntryKind, object]]>([
    ['an end of nobody knows what', ended(7)],
    ['an entry of another kind', ['closed', {}]],
    ['an entry of a kind that only a later version knows', ['delegationExtended' as EntryKind, {}]],
  ])('%s puts those before it in doubt, and none after it', (_, odd) => {
    const all = entries(given('ada', 'grace'), odd, given('linus', 'mei'));
    expect(parseDelegations(all)).toEqual({
      delegations: [doubtful(gives('ada', 'grace')), gives('linus', 'mei')],
      unreadable: [2],
    });
  });

  test('so does one whose row was changed', () => {
    const [first, second] = entries(given('ada', 'grace'), given('linus', 'mei'));
    expect(parseDelegations([first, changedRow(second)].flatMap((each) => each ?? []))).toEqual({
      delegations: [doubtful(gives('ada', 'grace'))],
      unreadable: [2],
    });
  });

  test('one in doubt is gone once it is ended, and may be given again', () => {
    const odd = ['closed', {}] as [EntryKind, object];
    const all = entries(given('ada', 'grace'), odd, ended('ada-grace'), given('ada', 'grace'));
    expect(parseDelegations(all).delegations).toEqual([gives('ada', 'grace')]);
  });

  test('one that tells who and whom, and the rest in a way of a later version, is in doubt alone', () => {
    const all = entries(given('linus', 'mei'), given('ada', 'grace', { scope: { kind: 'team', team: 'x' } }));
    const { delegations, unreadable } = parseDelegations(all);
    expect(delegations).toMatchObject([
      gives('linus', 'mei'),
      {
        id: 'ada-grace',
        from: 'ada',
        to: 'grace',
        scope: { kind: 'everything' },
        until: 1_000,
        doubtful: true,
      },
    ]);
    expect(unreadable).toEqual([2]);
    // It is part of what a ruling records.
    for (const each of delegations) expect(delegationSchema.safeParse(each).success).toBe(true);
  });

  test('so is one that ends after all dates, and it ends with the last of them', () => {
    const { delegations } = parseDelegations(entries(given('ada', 'grace', { until: 9e15 })));
    expect(delegations).toMatchObject([{ until: 8.64e15, doubtful: true }]);
  });

  test.each([{}, { delegation: { from: 'ada' } }, { delegation: { from: 1, to: 2 } }, { delegation: 'ada' }])(
    'one that does not even tell that is left out: %j',
    (body) => {
      const all = entries(given('linus', 'mei'), ['delegated', body]);
      expect(parseDelegations(all)).toEqual({ delegations: [gives('linus', 'mei')], unreadable: [2] });
    },
  );
});
