import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import {
  impactSchema,
  ledgerEntrySchema,
  measurementSchema,
  outcomeSchema,
  rulingSchema,
} from '../../src/contract/fact-schemas.ts';
import { OUTCOMES } from '../../src/domain/action/outcome.ts';
import type { Measurement } from '../../src/domain/analysis/metrics.ts';
import { silence, stopsAction } from '../../src/domain/approval/settlement.ts';
import { chain, ENTRY_KINDS, type EntryKind, GENESIS_HASH } from '../../src/domain/ledger/ledger.ts';
import { resolve } from '../../src/domain/proposal/resolve-proposal.ts';
import { assessImpact } from '../../src/domain/risk/impact.ts';
import { calmFacts } from '../domain/support.ts';
import { testInstallation } from '../support/installation.ts';
import { ruleOn } from '../support/policies.ts';
import { proposal } from '../support/proposals.ts';

const { installation } = testInstallation();

/** What arrives on the other side of any message. */
const sent = (value: unknown) => JSON.parse(JSON.stringify(value));

function expectTaken(schema: z.ZodType, value: unknown) {
  expect(schema.parse(sent(value))).toEqual(sent(value));
}
const expectRefused = (schema: z.ZodType, value: unknown) =>
  expect(schema.safeParse(value).success).toBe(false);

function ruled(declaredTier: 1 | 2 | 3 | 4, from = installation) {
  const resolved = resolve(from, proposal(), () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  return ruleOn(from, resolved.action, declaredTier);
}

describe('rulings', () => {
  test.each([1, 2, 3, 4] as const)('one of tier %i is taken', (tier) => {
    const ruling = ruled(tier);
    expect(ruling).toMatchObject({ kind: 'permit', tier });
    expectTaken(rulingSchema, ruling);
  });

  test('one that needs several groups is taken, and one that needs none of several is refused', () => {
    const { rules } = installation;
    const owners = { atLeast: 1, of: ['owners'] };
    const both = { allOf: [owners, { anyOf: [owners, { atLeast: 2, of: ['on-call'] }] }] };
    const approval = { ...rules.approval, approval: both };
    const ruling = ruled(3, testInstallation({ rules: { ...rules, approval } }).installation);
    expect(ruling).toMatchObject({ kind: 'permit', requirement: { allOf: [{}, { anyOf: [{}, {}] }] } });
    expectTaken(rulingSchema, ruling);
    for (const requirement of [{ allOf: [] }, { anyOf: [] }, { allOf: [{ anyOf: [] }] }, {}, []]) {
      expectRefused(rulingSchema, sent({ ...ruling, requirement }));
    }
    const mixed = { ...Object(Reflect.get(ruling, 'requirement')), anyOf: [] };
    expectRefused(rulingSchema, sent({ ...ruling, requirement: mixed }));
  });

  test('one that forbids is taken', () => {
    const { rules } = installation;
    const approval = { ...rules.approval, approval: { atLeast: 9, of: ['owners'] } };
    const ruling = ruled(3, testInstallation({ rules: { ...rules, approval } }).installation);
    expect(ruling.kind).toBe('forbid');
    expectTaken(rulingSchema, ruling);
    expectTaken(rulingSchema, { ...ruling, outcome: 'deniedByPolicy' });
  });

  test.each([
    ['of another mode', { mode: 'executeNow' }],
    ['of tier 5', { tier: 5 }],
    ['with a digest that is none', { digest: 'abc' }],
    ['with a member more', { note: 'fine' }],
    ['that permits and forbids', { outcome: 'deniedByPolicy' }],
    ['without whom to review', { review: undefined }],
    ['with a time that is no number of milliseconds', { admitWithinMs: 0.5 }],
  ])('one %s is refused', (_, changes) => {
    expectRefused(rulingSchema, sent({ ...ruled(1), ...changes }));
  });
});

describe('impacts', () => {
  const resolved = resolve(installation, proposal(), () => []);
  if (resolved.kind === 'refused') throw new Error(JSON.stringify(resolved.faults));
  const impact = assessImpact(installation, resolved, calmFacts);

  test('one is taken', () => expectTaken(impactSchema, impact));

  test.each([
    ['before it was looked at whether the target is in trouble', { waitingPerHour: 100, unstated: 0 }],
    [
      'with a target in trouble',
      { waitingPerHour: 100, unstated: 0, trouble: { kind: 'inTrouble', reason: '' } },
    ],
    ['with one that is not', { waitingPerHour: 0, unstated: 0, trouble: { kind: 'calm', reason: '' } }],
    [
      'with one of which nobody knows',
      { waitingPerHourInTrouble: 100, unstated: 0, trouble: { kind: 'unknown', reason: '' } },
    ],
  ])('one that was recorded %s is taken', (_, costs) => {
    expectTaken(impactSchema, { ...impact, costs });
  });

  test.each([
    ['with a severity of 5', { severity: { ...impact.severity, security: 5 } }],
    ['with a category less', { severity: { performance: 1, security: 1, dataAccess: 1 } }],
    ['with a risk score above 100', { riskScore: 101 }],
    ['with a risk score between two', { riskScore: 12.5 }],
    ['with a change below none', { size: { kind: 'measured', parameter: 'n', from: 1, to: 2, change: -1 } }],
    ['with a size of no kind', { size: { parameter: 'n' } }],
    ['with an outcome that is none', { similar: { count: 1, outcomes: { fine: 1 }, last: [] } }],
    [
      'with an error budget that nobody knows, without a reason',
      { live: { ...impact.live, errorBudgetLeft: { kind: 'unknown' } } },
    ],
    ['without what is so now', { live: undefined }],
    ['without reasons', { reasons: {} }],
    ['with a member more', { approved: true }],
  ])('one %s is refused', (_, changes) => {
    expectRefused(impactSchema, sent({ ...impact, ...changes }));
  });
});

describe('measurements', () => {
  const phases: Measurement['phase'][] = ['successful', 'failed', 'inconclusive', 'error'];
  const at = 1_773_500_000_000;

  test.each(phases)('one that is %s is taken, with and without a value', (phase) => {
    expectTaken(measurementSchema, { metric: 'error-ratio', phase, reason: 'is 0.2', at });
    expectTaken(measurementSchema, { metric: 'error-ratio', phase, value: -0.2, reason: 'is -0.2', at });
  });

  test.each([
    { value: Number.NaN },
    { value: Number.POSITIVE_INFINITY },
    { value: null },
    { phase: 'healthy' },
    { at: -1 },
    { at: 0.5 },
  ])('one with %j is refused', (changes) => {
    expectRefused(measurementSchema, { metric: 'm', phase: 'failed', reason: '', at, ...changes });
  });
});

describe('outcomes', () => {
  test.each(OUTCOMES)('%s is taken', (kind) => {
    expectTaken(outcomeSchema, { kind, reason: 'because' });
  });

  test('what stops an action at the gate is an outcome', () => {
    const settlements = [
      silence('deny', []),
      silence('proceed', []),
      silence('deny', [{ step: 'route-1', by: 'mail', whom: 'owners', delivered: true, detail: '' }]),
      { kind: 'denied', by: 'linus', reason: 'no' } as const,
    ];
    for (const settlement of settlements) expectTaken(outcomeSchema, stopsAction(settlement));
  });

  test.each([{ kind: 'denied', reason: '' }, { kind: 'failed' }, { kind: 'failed', reason: '', by: 'x' }])(
    '%j is none',
    (value) => expectRefused(outcomeSchema, value),
  );
});

describe('ledger entries', () => {
  const entryOf = (body: unknown, kind: EntryKind = 'ruled') =>
    chain({ seq: 0, hash: GENESIS_HASH }, { eventId: 'e', actionId: 'a', kind, at: 1, body: sent(body) });

  test.each(ENTRY_KINDS)('one of kind %s is taken', (kind) => {
    expectTaken(ledgerEntrySchema, entryOf({ ruling: ruled(2) }, kind));
  });

  test('one of what admit records is taken', () => {
    expectTaken(ledgerEntrySchema, entryOf({ settlement: null, votes: [], execute: { argv: ['x'] } }));
  });

  test.each([
    { seq: 0 },
    { seq: 1.5 },
    { hash: 'f'.repeat(63) },
    { previousHash: 'F'.repeat(64) },
    { kind: 'deleted' },
    { note: 1 },
    { body: { n: Number.NaN } },
  ])('one with %j is refused', (changes) => {
    expectRefused(ledgerEntrySchema, { ...entryOf({}), ...changes });
  });
});
