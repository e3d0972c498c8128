import { describe, expect, test } from 'vitest';
import {
  entriesHolding,
  erasureFaults,
  erasuresIn,
  erasureText,
  whatWasErased,
} from '../../../src/domain/ledger/erasure.ts';
import {
  chain,
  type EntryKind,
  type ErasedEntry,
  GENESIS,
  type LedgerEntry,
  type ReadEntry,
  withoutPayload,
} from '../../../src/domain/ledger/ledger.ts';
import { LEGAL_HOLDS, legalHoldsIn } from '../../../src/domain/ledger/legal-hold.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { newKey } from '../../support/installation.ts';
import { closedBody, ruledBody } from '../../support/ledger-bodies.ts';
import { jwsOf } from '../support.ts';

const SALT = '5a'.repeat(16);
type Written = readonly [EntryKind, object?, string?];

/** Entries about one subject. The third part of one is its run. */
function about(subject: string, written: readonly Written[], salted = true): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [n, [kind, body = {}, run = 'run']] of written.entries())
    entries.push(
      chain(
        entries.at(-1) ?? GENESIS,
        { eventId: `${subject}/${run}/${n}`, actionId: subject, kind, at: n, body: body as Json },
        salted ? SALT : undefined,
      ),
    );
  return entries;
}

function erased(entry: LedgerEntry): ErasedEntry {
  const { commitment = '', kind: was, ...bare } = withoutPayload(entry);
  return { ...bare, commitment, was, kind: 'erased', body: { reason: 'gone' } };
}

const NO_HOLDS = legalHoldsIn([]);
const ACTION = 'cache-agent.flush';
const ENDED: readonly Written[] = [['ruled', ruledBody()], ['admitted'], ['closed', closedBody('succeeded')]];

const problemsOf = (
  entries: readonly number[],
  written: readonly ReadEntry[] = about(ACTION, ENDED),
  holds = NO_HOLDS,
) => erasureFaults({ subject: ACTION, entries }, written, holds).map(({ problem }) => problem);

describe('what entries say can be erased', () => {
  test('once their action has ended', () => {
    expect(problemsOf([1, 2, 3])).toEqual([]);
  });

  test('where they are about no action, as the standing of an agent is not', () => {
    expect(
      erasureFaults(
        { subject: 'standing/cache-agent', entries: [1] },
        about('standing/cache-agent', [['granted']]),
        NO_HOLDS,
      ),
    ).toEqual([]);
  });

  test('of an action of which other entries were erased, also its ruling and its end', () => {
    const [ruled, admitted, closed] = about(ACTION, ENDED);
    if (!ruled || !admitted || !closed) throw new Error('it has three entries');
    expect(problemsOf([2], [erased(ruled), admitted, erased(closed)])).toEqual([]);
  });
});

describe('what entries say is not erased', () => {
  test.each<[string, readonly Written[]]>([
    ['has not ended', ENDED.slice(0, 2)],
    ['has not ended', [...ENDED, ['ruled', ruledBody(), 'another run']]],
    ['has not ended', [...ENDED.slice(0, 2), ['lost', { reason: 'its workflow was terminated' }]]],
  ])('where the action %s: %#', (words, written) => {
    expect(problemsOf([1], about(ACTION, written))).toEqual([expect.stringContaining(words)]);
  });

  test('while its review is due, which goes by it', () => {
    const review = {
      withinMs: 60_000,
      requirement: { atLeast: 1, group: 'owners', approvers: [{ person: 'grace' }] },
    };
    const written: Written[] = [
      ['ruled', ruledBody({ ruling: { review } })],
      ['admitted'],
      ['closed', { ...closedBody('succeeded'), review }],
    ];
    expect(problemsOf([1], about(ACTION, written))).toEqual([
      expect.stringContaining('is not made yet: review it first'),
    ]);
    written.push(['reviewed', { result: { kind: 'agreed', by: ['grace'] }, votes: [] }]);
    expect(problemsOf([1], about(ACTION, written))).toEqual([]);
  });

  test.each<[EntryKind]>([['rulesChanged'], ['erasureOrdered'], ['legalHoldPlaced'], ['legalHoldEnded']])(
    'of kind %s, ever',
    (kind) => {
      expect(problemsOf([4], about(ACTION, [...ENDED, [kind]]))).toEqual([
        `entry 4 is of kind ${kind}, and such entries are never erased`,
      ]);
    },
  );

  test('twice', () => {
    const [ruled, ...rest] = about(ACTION, ENDED);
    if (!ruled) throw new Error('it was ruled on');
    expect(problemsOf([1], [erased(ruled), ...rest])).toEqual(['entry 1 was erased before']);
  });

  test('of before salts, of another subject, or where the row was changed; and all is said at once', () => {
    const plain = about(ACTION, ENDED, false);
    expect(problemsOf([1], plain)).toEqual([expect.stringContaining('its hash covers what it says')]);
    const bent: ReadEntry[] = about(ACTION, ENDED).map((entry) =>
      entry.seq === 2 ? { ...entry, kind: 'unreadable', body: { reason: 'row 2' } } : entry,
    );
    expect(problemsOf([2, 9], bent)).toEqual([
      expect.stringContaining('entry 2 cannot be read'),
      `entry 9 is not about ${ACTION}: name entries about it`,
    ]);
    expect(problemsOf([1], [])).toEqual([`the ledger has no entry about ${ACTION}`]);
  });
});

describe('a legal hold', () => {
  const placed = (id: string, scope: object): Written => [
    'legalHoldPlaced',
    { id, scope, person: 'grace', reason: 'case 4711' },
  ];
  const holdsOf = (...written: Written[]) => legalHoldsIn(about(LEGAL_HOLDS, written));
  const onIt = { kind: 'subject', subject: ACTION };

  test.each([[onIt], [{ kind: 'everything' }]])('on %o keeps what the entries say', (scope) => {
    expect(problemsOf([1], undefined, holdsOf(placed('legal-hold-1', scope)))).toEqual([
      `${ACTION} is under legal hold legal-hold-1, placed by grace: case 4711`,
    ]);
  });

  test('on something else does not, nor does one that ended', () => {
    expect(problemsOf([1], undefined, holdsOf(placed('1', { ...onIt, subject: 'another' })))).toEqual([]);
    expect(problemsOf([1], undefined, holdsOf(placed('1', onIt), ['legalHoldEnded', { id: '1' }]))).toEqual(
      [],
    );
  });

  test('may stand where an entry about legal holds cannot be read: nothing is erased then', () => {
    for (const odd of [placed('1', { kind: 'all' }), ['legalHoldEnded', {}], ['granted', {}]] as Written[])
      expect(problemsOf([1], undefined, holdsOf(odd))).toEqual([
        expect.stringContaining('entry 1, about legal holds, cannot be read'),
      ]);
  });
});

test('a text is found in values, names, numbers and in what people signed, and not in what was erased', () => {
  const [first, ...others] = about(ACTION, [
    ['ruled', { params: { note: 'by Jane Doe' } }],
    ['voted', { jws: jwsOf(newKey(), { reason: 'Jane Doe asked for it' }) }],
    ['told', { 'Jane Doe': [1, null] }],
    ['closed', { phone: 4711 }],
  ]);
  if (!first) throw new Error('there are four');
  expect(entriesHolding([first, ...others], 'Jane Doe')).toEqual([1, 2, 3]);
  expect(entriesHolding([erased(first), ...others], 'Jane Doe')).toEqual([2, 3]);
  expect(entriesHolding([first, ...others], '4711')).toEqual([4]);
});

test('an erasure says who, why and which entries', () => {
  const [erasure] = erasuresIn(
    about(ACTION, [['erasureOrdered', { person: 'radia', reason: 'a password', entries: [1, 3] }]]),
  );
  expect(erasure && erasureText(erasure)).toBe(
    'radia had erased what entries 1, 3 of the ledger said: a password',
  );
});

test('what was erased of a subject is said with who had it erased, and also where nobody did on record', () => {
  const [ruled] = about(ACTION, ENDED);
  if (!ruled) throw new Error('it was ruled on');
  expect(whatWasErased([ruled])).toBeUndefined();
  expect(whatWasErased([erased(ruled)])).toBe('what entry 1 of the ledger said was erased');
  const order = about(ACTION, [['erasureOrdered', { person: 'radia', reason: 'a name', entries: [1] }]]);
  expect(whatWasErased([erased(ruled), ...order])).toContain('radia had erased what entry 1');
});
