import { describe, expect, test } from 'vitest';
import { type CloseInput, createClose } from '../../src/activities/closing/close.ts';
import type { ActivityDeps } from '../../src/activities/index.ts';
import { createReview } from '../../src/activities/review.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import type { OutcomeKind } from '../../src/domain/action/outcome.ts';
import type { RuledBefore } from '../../src/domain/attention/anomaly-rules.ts';
import type { EntryKind } from '../../src/domain/ledger/ledger.ts';
import { sealed } from '../../src/domain/shared/seal.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, type Desk, NOW, quiet, withRules } from './desk.ts';

const { rules } = testInstallation().installation;

/** What happens to an action happens a minute after what came before. */
const MINUTE = 60_000;

/** Nothing that is drawn by lot: of routine nothing is looked at. */
const sample = { above: 10, withinMs: 1_000, share: 1e-9 };

const closing = (said: OutcomeKind, changes: Partial<CloseInput> = {}): CloseInput => ({
  said,
  statements: [],
  seen: { undelivered: [], answers: {}, refusedDecisions: [] },
  unrecorded: [],
  ...changes,
});

/** Something that happened to the action after it was ruled on. */
type Fact = readonly [EntryKind, object];

const admitted: Fact = ['admitted', { settlement: null, votes: [], execute: {} }];
const done: Fact = ['executed', { kind: 'done', summary: 'it was done' }];
const measured = (
  check: number,
  phase = 'successful',
  kind: 'measured' | 'measuredBack' = 'measured',
): Fact => [
  kind,
  { check, measurements: [{ metric: 'error-ratio', phase, reason: `it was ${phase}`, at: NOW }] },
];
const healthy: readonly Fact[] = [admitted, done, measured(0), measured(1), measured(2)];
const takenBack: readonly Fact[] = [
  ...healthy.slice(0, 3),
  ['verdict', { why: 'errors' }],
  ['takenBack', { kind: 'done', summary: 'undone' }],
];
const glass = { kind: 'brokenGlass', by: 'linus', reason: 'now', incident: 'INC-1' };
const broken: Fact = [
  'settled',
  {
    settlement: glass,
    votes: [],
    breakGlass: { person: 'linus', reason: 'now', incident: 'INC-1', at: NOW, jws: 'signed' },
  },
];

/** A desk on which a tier-1 action was ruled on, with what happened to it since. */
async function deskAfter(
  facts: readonly Fact[],
  changes: Partial<ActivityDeps> = {},
  ruledUnder = withRules({ review: { ...rules.review } }),
): Promise<Desk> {
  const of = proposal();
  const desk = aDesk(of, changes);
  const found = await createRule({ ...desk.deps, ...ruledUnder }).rule({
    proposal: of,
  });
  if (found.kind !== 'ruled') throw new Error(JSON.stringify(found));
  const { id: actionId } = found.action;
  const { digest } = found.ruling;
  for (const [i, [kind, body]] of facts.entries())
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/${kind}/before-${i}`,
      actionId,
      kind,
      at: NOW + i * MINUTE,
      body: { digest, ...body },
    });
  return desk;
}

const close = (desk: Desk, input: CloseInput) => createClose(desk.deps).close(input);
const closedBody = (desk: Desk) => Object(desk.entries.find(({ kind }) => kind === 'closed')?.body);

describe('INVARIANT 13: how it ended follows from what is on record, whatever its workflow says', () => {
  const EVERYTHING: readonly OutcomeKind[] = [
    'succeeded',
    'failed',
    'cancelled',
    'expired',
    'rolledBack',
    'recommended',
  ];

  test.each<[string, readonly Fact[], string]>([
    ['was healthy to the end', healthy, 'succeeded'],
    ['was found regressed', [admitted, done, measured(0, 'failed')], 'rollbackFailed'],
    ['was not watched to the end', [admitted, done, measured(0)], 'rollbackFailed'],
    [
      'was refused by the governed system',
      [admitted, ['executed', { kind: 'refused', summary: 'no' }]],
      'failed',
    ],
    ['may have run', [admitted, ['executed', { kind: 'unknown', summary: 'no answer' }]], 'rollbackFailed'],
    [
      'could not be taken back',
      [...healthy, ['verdict', { why: 'errors' }], ['takenBack', { kind: 'unknown', summary: 'no answer' }]],
      'rollbackFailed',
    ],
    ['was taken back, and nobody measured whether its metrics are back', takenBack, 'rollbackUnverified'],
    [
      'was taken back, and is not back yet',
      [...takenBack, measured(0, 'failed', 'measuredBack')],
      'rollbackUnverified',
    ],
    [
      'was taken back, and can be read no more',
      [...takenBack, ...[0, 1, 2].map((check) => measured(check, 'error', 'measuredBack'))],
      'rollbackUnverified',
    ],
    [
      'was taken back, and was healthy before that alone',
      [...takenBack, measured(2), measured(3)],
      'rollbackUnverified',
    ],
    ['has an entry that cannot be read, and may have run', [['admitted', { votes: [] }]], 'rollbackFailed'],
    ['ran, and has an entry that cannot be read', [admitted, ['executed', {}]], 'rollbackFailed'],
    [
      'is a command that began, and told nothing of it',
      [admitted, ['begun', { way: 'there', attempt: 'the first' }]],
      'rollbackFailed',
    ],
  ])('what %s', async (_, facts, kind) => {
    const isHeld = kind === 'rollbackFailed' || kind === 'rollbackUnverified';
    for (const said of EVERYTHING) {
      const desk = await deskAfter(facts);
      const { outcome } = await close(desk, closing(said));
      expect(outcome.kind).toBe(kind);
      expect(closedBody(desk)).toMatchObject({ outcome: { kind }, hold: isHeld });
      expect(desk.placed).toHaveLength(isHeld ? 1 : 0);
    }
  });

  test('what was taken back and is back says so, and its target is free', async () => {
    const back = [measured(0, 'failed', 'measuredBack'), measured(1, 'successful', 'measuredBack')];
    const desk = await deskAfter([...takenBack, ...back]);
    expect((await close(desk, closing('rolledBack'))).outcome).toEqual({
      kind: 'rolledBack',
      reason: 'errors; it was taken back, and its metrics are back',
    });
    expect(closedBody(desk)).toMatchObject({
      hold: false,
      record: { measurements: [{ phase: 'successful' }], measuredBack: [{ phase: 'failed' }, {}] },
    });
  });

  test('what was taken back, and which nothing watches, says that nothing was measured', async () => {
    const { installation } = testInstallation();
    const flush = installation.actionTypes['cache.flush'];
    if (!flush) throw new Error('there is no cache.flush');
    const actionTypes = { 'cache.flush': { ...flush, watch: undefined } };
    const desk = await deskAfter(takenBack, {}, { installation: { ...installation, actionTypes } });
    expect((await close(desk, closing('rolledBack'))).outcome).toEqual({
      kind: 'rolledBack',
      reason: 'errors; it was taken back, and nothing was measured afterwards',
    });
  });

  test('of what never ran it may say who ended it, and nothing that would need an effect', async () => {
    const kinds = await Promise.all(
      EVERYTHING.map(async (said) => (await close(await deskAfter([]), closing(said))).outcome.kind),
    );
    expect(kinds).toEqual(['cancelled', 'cancelled', 'cancelled', 'expired', 'cancelled', 'cancelled']);
  });

  test('INVARIANT 10: what was stopped and taken back costs its agent a level, cancelled as it was', async () => {
    const desk = await deskAfter([...takenBack, measured(0, 'successful', 'measuredBack')]);
    expect((await close(desk, closing('cancelled'))).outcome.kind).toBe('cancelled');
    expect(desk.entries.map(({ kind }) => kind)).toContain('demoted');
  });

  test('of what only its workflow saw, no more is kept than people can read', async () => {
    const desk = await deskAfter(healthy);
    const long = 'x'.repeat(10_000);
    const refusedDecisions = Array.from({ length: 500 }, () => ({ person: long, reason: long, at: NOW }));
    const seen = { undelivered: [], answers: {}, refusedDecisions };
    await close(desk, closing('succeeded', { seen }));
    const { record } = closedBody(desk);
    expect(record.refusedDecisions).toHaveLength(50);
    expect(record.refusedDecisions[0].reason).toHaveLength(500);
  });
});

describe('INVARIANT 9: what could not be recorded is, before it ends', () => {
  test('once it was sealed by one of our workers for this run', async () => {
    const desk = await deskAfter(healthy.slice(0, 4));
    const actionId = desk.workflowId.slice('action/'.length);
    const [kind, body] = measured(2);
    const fact = {
      eventId: `${actionId}/${desk.runId}/measured/2`,
      actionId,
      kind,
      at: NOW + 4 * MINUTE,
      body,
    };
    const forged = { ...sealed(fact, new Uint8Array(32).fill(1)) };
    await expect(close(desk, closing('succeeded', { unrecorded: [forged] }))).rejects.toMatchObject({
      type: 'NotOnRecord',
    });
    const other = sealed({ ...fact, actionId: 'another.one' }, desk.deps.sealKey);
    await expect(close(desk, closing('succeeded', { unrecorded: [other] }))).rejects.toMatchObject({
      type: 'NotOnRecord',
    });
    const unrecorded = [sealed(fact, desk.deps.sealKey)];
    expect((await close(desk, closing('cancelled', { unrecorded }))).outcome.kind).toBe('succeeded');
  });
});

describe('reviews', () => {
  const sampled = { ...withRules({ review: { ...rules.review, sample } }) };
  const ran = (count: number) => ({ ...sampled, attention: { ...quiet, ranAlone: async () => count } });
  /** Ends the action. Then somebody wants to see its review. */
  async function ended(desk: Desk, said: 'succeeded' | 'cancelled') {
    await close(desk, closing(said));
    expect(desk.opened).toEqual([]);
    return createReview(desk.deps).startReview(desk.workflowId.slice('action/'.length));
  }

  test('routine that is not drawn is not reviewed, and the ledger says why', async () => {
    const desk = await deskAfter(healthy, ran(10));
    expect(await ended(desk, 'succeeded')).toBe(false);
    expect(desk.opened).toEqual([]);
    expect(desk.entries.at(-1)).toMatchObject({
      kind: 'reviewSkipped',
      body: { reason: expect.stringMatching(/^more than 10/) },
    });
  });

  test('it is reviewed where it is not routine yet', async () => {
    const desk = await deskAfter(healthy, ran(9));
    expect(await ended(desk, 'succeeded')).toBe(true);
    expect(desk.opened).toEqual([desk.workflowId.slice('action/'.length)]);
    expect(closedBody(desk)).toMatchObject({ review: { withinMs: rules.review.withinMs } });
  });

  test('nothing that did not run is reviewed', async () => {
    const desk = await deskAfter([]);
    expect(await ended(desk, 'cancelled')).toBe(false);
    expect(desk.opened).toEqual([]);
  });
});

test('what is out of the ordinary is held once, however often the end is tried', async () => {
  const attention = { anomalies: { breakGlass: { times: 1, withinMs: 1_000 } } };
  const looked: unknown[] = [];
  const desk: Desk = await deskAfter([broken, ...healthy], {
    ...withRules({ attention }),
    attention: {
      ...quiet,
      seenSince: async (since, agent, people) => {
        looked.push([since, agent, people]);
        return [seen(desk)];
      },
      alarmsOn: async () => desk.placed.map(({ id, at }) => ({ holdId: id, at, stands: true })),
    },
  });
  const { alarms } = await close(desk, closing('succeeded'));
  expect(looked).toEqual([[NOW - 1_000, 'cache-agent', ['linus']]]);
  expect(alarms).toMatchObject([{ rule: 'breakGlass', person: 'linus', agent: 'cache-agent' }]);
  expect(desk.placed).toMatchObject([
    { id: alarms[0]?.holdId, scope: { agent: 'cache-agent' }, autonomousOnly: true },
  ]);
  expect((await close(desk, closing('succeeded'))).alarms).toEqual(alarms);
  expect(desk.placed).toHaveLength(1);
});

const seen = ({ workflowId }: Desk): RuledBefore => ({
  actionId: workflowId.slice('action/'.length),
  agent: 'cache-agent',
  actionType: 'cache.flush',
  target: 'catalog',
  risk: 1,
  ruledAt: NOW - 500,
  entitled: 3,
  decisions: [{ person: 'linus', verdict: 'breakGlass', at: NOW - 400 }],
});
