import { describe, expect, test } from 'vitest';
import type { OutcomeKind } from '../../../src/domain/action/outcome.ts';
import type { Hold } from '../../../src/domain/admission/hold.ts';
import type { ReadEntry } from '../../../src/domain/ledger/ledger.ts';
import { lastOnRecord } from '../../../src/domain/record/on-record.ts';
import {
  attemptOf,
  ranWell,
  takeBackFaults,
  takeBacksIn,
  takeBackText,
  wishOnRecord,
} from '../../../src/domain/record/take-back.ts';
import type { Json } from '../../../src/domain/shared/json.ts';
import { newKey, testInstallation } from '../../support/installation.ts';
import { anAction, jwsOf } from '../support.ts';

const { installation, keys } = testInstallation();
const action = anAction();
const ID = '~back~cache-agent.flush-1~1';
const DIGEST = 'd'.repeat(64);

const entry = (kind: ReadEntry['kind'], body: object, at = 1): ReadEntry =>
  ({
    kind,
    at,
    body: body as Json,
    actionId: action.id,
    eventId: `${action.id}/run/${kind}`,
    seq: at,
    hash: '',
    previousHash: '',
  }) as ReadEntry;

const ruled = (changes: object = {}) =>
  entry('ruled', {
    proposal: { agent: {}, rationale: {} },
    action: { ...action, ...changes },
    impact: {},
    ruling: { tier: 3, reasons: [], modes: [], pins: {}, people: {}, context: {} },
  });
const admitted = entry('admitted', { digest: DIGEST, execute: {}, votes: [], settlement: null }, 5);
const closed = (kind: OutcomeKind) => entry('closed', { outcome: { kind, reason: '' }, record: {} }, 9);
const succeeded = [ruled(), admitted, closed('succeeded')];
const on = (entries: readonly ReadEntry[]) => lastOnRecord(action.id, entries);

test('what succeeded and has a rollback can be taken back', () => {
  expect(ranWell(action.id, on(succeeded))).toEqual({ kind: 'ran', action, digest: DIGEST, admittedAt: 5 });
});

test.each<[RegExp, readonly ReadEntry[]]>([
  [/no action .* is on record/, []],
  [/is not over yet/, [ruled(), admitted]],
  [/ended rolledBack/, [ruled(), admitted, closed('rolledBack')]],
  [/ended deniedByPerson/, [ruled(), closed('deniedByPerson')]],
  [/has no rollback/, [ruled({ rollback: undefined }), admitted, closed('succeeded')]],
])('otherwise the reason is %s', (problem, entries) => {
  expect(ranWell(action.id, on(entries))).toMatchObject({
    kind: 'refused',
    faults: [{ where: 'actionId', problem: expect.stringMatching(problem) }],
  });
});

describe('a wish', () => {
  const said = {
    kind: 'rollback',
    installation: installation.name,
    actionId: action.id,
    digest: DIGEST,
    person: 'grace',
  };
  const grace = keys.grace ?? newKey();
  const asked = (jws: string) =>
    entry('takeBackAsked', { by: ID, attempt: 1, person: 'grace', reason: 'carts are empty', jws }, 12);
  const read = (jws: string, id = ID, ofThat = succeeded) =>
    wishOnRecord(installation, action.id, id, on(ofThat), [...ofThat, asked(jws)]);

  test('is what its person signed, and what the ledger says of the action', () => {
    const jws = jwsOf(grace, said);
    expect(read(jws)).toEqual({
      kind: 'wish',
      wish: {
        actionId: action.id,
        attempt: 1,
        jws,
        person: 'grace',
        reason: 'carts are empty',
        ran: action,
        digest: DIGEST,
        admittedAt: 5,
      },
    });
  });

  test.each<[string, string]>([
    ['somebody else signed', jwsOf(newKey(), said)],
    ['is about another action', jwsOf(grace, { ...said, actionId: 'another' })],
    ['is about what ran in another run', jwsOf(grace, { ...said, digest: 'e'.repeat(64) })],
    ['is for another installation', jwsOf(grace, { ...said, installation: 'elsewhere' })],
    ['is another order', jwsOf(grace, { ...said, kind: 'release' })],
  ])('INVARIANT 3: that %s counts for nothing', (_, jws) => {
    expect(read(jws)).toMatchObject({ kind: 'refused', faults: [{ where: 'takesBack' }] });
  });

  test('INVARIANT 13: nobody is believed who says that somebody asked', () => {
    expect(read(jwsOf(grace, said), '~back~cache-agent.flush-1~2')).toMatchObject({
      faults: [{ problem: expect.stringContaining('nobody asked') }],
    });
  });

  test('counts no more once the action is not the same any more', () => {
    const again = [...succeeded, ruled()];
    expect(read(jwsOf(grace, said), ID, again)).toMatchObject({ kind: 'refused' });
  });

  test('is told to people without what was signed, and an entry that cannot be read is left out', () => {
    const [takeBack] = takeBacksIn([asked('x'), entry('takeBackAsked', { by: ID })]);
    expect(takeBack).toEqual({ by: ID, person: 'grace', reason: 'carts are empty', at: 12 });
    if (takeBack)
      expect(takeBackText(takeBack)).toBe(`grace asked to take it back, as ${ID}: carts are empty`);
  });
});

test.each<[ReturnType<typeof attemptOf>, readonly ReadEntry[]]>([
  ['open', []],
  ['open', [ruled(), admitted]],
  ['done', succeeded],
  ['none', [ruled(), closed('deniedByPerson')]],
  ['none', [ruled(), admitted, closed('failed')]],
])('an attempt is %s', (state, entries) => {
  expect(attemptOf(on(entries))).toBe(state);
});

describe('what else stands against it', () => {
  const later = { actionId: 'later', admittedAt: 7 };
  const problems = (...args: Parameters<typeof takeBackFaults>) =>
    takeBackFaults(...args).map(({ problem }) => problem);
  const hold: Hold = { id: 'h', scope: { kind: 'everything' }, placedBy: 'linus', reason: 'incident', at: 1 };

  test('nothing', () => {
    expect(problems({ since: [], holds: [] })).toEqual([]);
  });
  test('an action that ran on the target since, however it ended', () => {
    expect(problems({ since: [later], holds: [] })).toEqual([
      expect.stringMatching(/^later ran there at 1970-01-01T00:00:00.007Z and is not over/),
    ]);
    const rolledBack = { ...later, closed: { at: 8, outcome: 'rolledBack' } as const };
    expect(problems({ since: [rolledBack], holds: [] })).toEqual([
      expect.stringContaining('ended rolledBack'),
    ]);
  });
  test('but none that the governed system refused', () => {
    const failed = { ...later, closed: { at: 8, outcome: 'failed' } as const };
    expect(problems({ since: [failed], holds: [] })).toEqual([]);
  });
  test('a hold', () => {
    expect(problems({ since: [], holds: [hold] })).toEqual([expect.stringContaining('is on hold')]);
  });
});
