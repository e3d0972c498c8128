import { describe, expect, test } from 'vitest';
import { recordedState } from '../../src/contract/recorded-state.ts';
import { chain, GENESIS_HASH, type LedgerEntry, type ReadEntry } from '../../src/domain/ledger/ledger.ts';
import { proposal } from '../support/proposals.ts';

const ruling = { tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} };
const action = { agent: {}, params: {} };
const body = { proposal: { ...proposal() }, action, impact: {}, ruling };
const record = { votes: ['a vote'], refusedDecisions: [], deliveries: [], measurements: [] };
const outcome = { kind: 'succeeded', reason: 'healthy' };

function entries(...facts: [kind: LedgerEntry['kind'], run: string, body: object][]): LedgerEntry[] {
  return facts.map(([kind, run, written], at) =>
    chain(
      { seq: at, hash: GENESIS_HASH },
      { eventId: `a.b/${run}/${kind}`, actionId: 'a.b', kind, at, body: JSON.parse(JSON.stringify(written)) },
    ),
  );
}

test('what was never ruled on has no state, nor has what was recorded without its proposal', () => {
  expect(recordedState([])).toBeUndefined();
  expect(recordedState(entries(['closed', 'r', { outcome, record }]))).toBeUndefined();
  expect(recordedState(entries(['ruled', 'r', { ...body, proposal: undefined }]))).toBeUndefined();
});

test('a ruling alone waits; admitted it runs; closed it has its outcome and all that the workflow saw', () => {
  const ruled = ['ruled', 'r', body] as const;
  const admitted = ['admitted', 'r', { votes: ['an early vote'], execute: {} }] as const;
  const closed = ['closed', 'r', { outcome, record }] as const;
  const about = { workflowId: 'action/a.b', runId: 'r', proposal: body.proposal };
  expect(recordedState(entries([...ruled]))).toMatchObject({ ...about, status: 'waiting', votes: [] });
  expect(recordedState(entries([...ruled], [...admitted]))).toMatchObject({
    status: 'executing',
    votes: ['an early vote'],
  });
  expect(recordedState(entries([...ruled], [...admitted], [...closed]))).toMatchObject({
    ...about,
    status: 'closed',
    outcome,
    votes: ['a vote'],
  });
});

test('what was found with the last ruling is part of the state, and only that', () => {
  const finding = { kind: 'noChange', weight: 2, text: 'count is "4" already' };
  const found = entries(['ruled', 'r', { ...body, findings: [finding] }]);
  expect(recordedState(found)?.findings).toEqual([finding]);
  const ruledAgain = entries(['ruled', 'r', { ...body, findings: [finding] }], ['ruled', 'r', body]);
  expect(recordedState(ruledAgain)).not.toHaveProperty('findings');
});

test('findings of another shape are an entry that cannot be read', () => {
  expect(recordedState(entries(['ruled', 'r', { ...body, findings: 'none' }]))).toBeUndefined();
});

test('what people were told after the end follows what they were told before it', () => {
  const mail = { by: 'mail', whom: 'owners and requester', step: 'end', delivered: true, detail: 'ada' };
  const page = { ...mail, by: 'page', whom: 'on-call', step: 'end-page', delivered: false };
  const state = recordedState(
    entries(
      ['ruled', 'r', body],
      ['closed', 'r', { outcome, record: { ...record, deliveries: [mail] } }],
      ['told', 'r', { deliveries: [page] }],
    ),
  );
  expect(state?.deliveries).toMatchObject([mail, page]);
});

test('of several rulings the last counts, and after a reset only what its own run did', () => {
  const again = { ...body, ruling: { ...ruling, tier: 4 } };
  const state = recordedState(
    entries(
      ['ruled', 'r', body],
      ['closed', 'r', { outcome, record }],
      ['ruled', 's', body],
      ['ruled', 's', again],
    ),
  );
  expect(state).toMatchObject({ runId: 's', status: 'waiting', ruling: { tier: 4 } });
  expect(state?.outcome).toBeUndefined();
});

describe('an entry that cannot be read keeps nobody from the others', () => {
  const ruled: [LedgerEntry['kind'], string, object] = ['ruled', 'r', body];
  const changed = (entry: LedgerEntry | undefined): ReadEntry[] =>
    entry ? [{ ...entry, kind: 'unreadable', body: { reason: 'its row was changed' } }] : [];

  test.each<[string, [LedgerEntry['kind'], string, object]]>([
    ['an end without a record', ['closed', 'r', { outcome }]],
    ['an end that is a list', ['closed', 'r', []]],
    ['what was told, to nobody', ['told', 'r', { deliveries: {} }]],
    ['an admission without votes', ['admitted', 'r', { votes: {} }]],
    ['a later ruling of nothing', ['ruled', 's', { ...body, ruling: {} }]],
    ['a later ruling without a list', ['ruled', 's', { ...body, ruling: { ...ruling, modes: 1 } }]],
    ['a kind that only a later version knows', ['paused' as 'told', 'r', {}]],
  ])('%s', (_, odd) => {
    expect(recordedState(entries(ruled, odd))).toMatchObject({
      runId: 'r',
      status: 'waiting',
      deliveries: [],
    });
  });

  test('a record of which a list is none: the rest of it is there', () => {
    const broken = { ...record, votes: 'many', revision: 2 };
    expect(recordedState(entries(ruled, ['closed', 'r', { outcome, record: broken }]))).toMatchObject({
      status: 'closed',
      outcome,
      votes: [],
      revision: 2,
    });
  });

  test('a record without a list that a later version keeps elsewhere', () => {
    const state = recordedState(entries(ruled, ['closed', 'r', { outcome, record: {} }]));
    expect(state).toMatchObject({ status: 'closed', outcome, deliveries: [], votes: [] });
  });

  test('a row that was changed', () => {
    const [first, last] = entries(ruled, ['closed', 'r', { outcome, record }]);
    expect(recordedState([...(first ? [first] : []), ...changed(last)])).toMatchObject({ status: 'waiting' });
    expect(recordedState(changed(first))).toBeUndefined();
  });
});
