import { describe, expect, test } from 'vitest';
import { conclusionOf } from '../../../src/domain/record/conclusion.ts';
import { type EntryBodies, type OnRecord, onRecord } from '../../../src/domain/record/on-record.ts';
import { whyTakenBack } from '../../../src/domain/record/why-taken-back.ts';
import { anAction } from '../support.ts';

/** When it was first looked up. */
const FIRST = 1_000_000;
const TIMEOUT_MS = 5_000;
const SETTLE_MS = 30_000;
/** From when on "not there" is believed. */
const SETTLED = FIRST + TIMEOUT_MS + SETTLE_MS;

const action = anAction({
  reconcile: {
    ask: { by: 'http', url: 'http://storefront.example/operations/1', timeoutMs: 1_000 },
    present: 'status == 200',
    absent: 'status == 404',
    settleMs: SETTLE_MS,
  },
});

type Look = [EntryBodies['reconciled']['found'], number];

/** The record of an action of which nobody knows whether it ran, looked up at these times. */
const looked = (looks: readonly Look[], changes: Partial<OnRecord> = {}): OnRecord =>
  ({
    ...onRecord('cache-agent.flush-1', 'run', []),
    ruled: { action, ruling: { kind: 'permit' } },
    admitted: { digest: 'digest', at: 0 },
    executed: { digest: 'digest', kind: 'unknown', summary: 'no answer within 5 s', at: 0 },
    reconciled: looks.map(([found, at]) => ({ found, summary: `it is ${found}`, digest: 'digest', at })),
    ...changes,
  }) as unknown as OnRecord;

const concluded = (record: OnRecord, claim: 'failed' | 'cancelled' = 'failed') => conclusionOf(record, claim);

const verdict = { why: 'because', digest: 'digest', at: SETTLED };

describe('an action of which nobody knows whether it ran', () => {
  test('has failed where its effect is not there when nothing of it can come any more', () => {
    expect(
      concluded(
        looked([
          ['absent', FIRST],
          ['absent', SETTLED],
        ]),
      ),
    ).toEqual({
      kind: 'failed',
      reason:
        'it was looked up and is not there: it is absent; what was sent had no clear answer: no answer within 5 s',
    });
  });

  const refused: readonly [string, OnRecord, 'failed' | 'cancelled'][] = [
    ['it was not looked up', looked([]), 'failed'],
    ['it was looked up once', looked([['absent', FIRST]]), 'failed'],
    [
      'something of it could still come',
      looked([
        ['absent', FIRST],
        ['absent', SETTLED - 1],
      ]),
      'failed',
    ],
    [
      'the last look did not tell',
      looked([
        ['absent', FIRST],
        ['unknown', SETTLED],
      ]),
      'failed',
    ],
    [
      'it was there once',
      looked([
        ['present', FIRST],
        ['absent', SETTLED],
      ]),
      'failed',
    ],
    [
      'its rollback was begun',
      looked(
        [
          ['absent', FIRST],
          ['absent', SETTLED],
        ],
        { takingBack: verdict },
      ),
      'failed',
    ],
    [
      'its action type does not say how to look it up',
      looked(
        [
          ['absent', FIRST],
          ['absent', SETTLED],
        ],
        { ruled: { action: anAction(), ruling: { kind: 'permit' } } as unknown as OnRecord['ruled'] },
      ),
      'failed',
    ],
    [
      'its workflow does not say so',
      looked([
        ['absent', FIRST],
        ['absent', SETTLED],
      ]),
      'cancelled',
    ],
  ];
  test.each(refused)('INVARIANTS 7, 13: counts as there where %s', (_, record, claim) => {
    expect(concluded(record, claim)).toMatchObject({ kind: 'rollbackFailed' });
  });

  test('INVARIANT 7: is judged by its watch where the answer to it came late', () => {
    const executed = { digest: 'digest', kind: 'done', summary: '200 OK', at: 0 } as const;
    const late = looked(
      [
        ['absent', FIRST],
        ['absent', SETTLED],
      ],
      { executed },
    );
    expect(concluded(late)).toMatchObject({ reason: 'nothing is watched for this action type' });
  });

  test('is taken back for a reason that says what was found last', () => {
    const reason = (looks: readonly Look[]) => whyTakenBack(looked(looks), 'notHealthy');
    expect(reason([])).toBe('it is not known whether it ran: no answer within 5 s');
    expect(
      reason([
        ['absent', FIRST],
        ['present', SETTLED],
      ]),
    ).toBe(
      'it is not known whether it ran: no answer within 5 s; it was looked up and is there: it is present',
    );
  });
});
