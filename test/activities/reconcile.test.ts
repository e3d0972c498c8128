import { describe, expect, test } from 'vitest';
import { createExecute } from '../../src/activities/execute.ts';
import type { ActivityDeps } from '../../src/activities/index.ts';
import type { Reconciliation } from '../../src/activities/ports/reconciler.ts';
import { createReconcile } from '../../src/activities/reconcile.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import type { Inquiry, Reconcile } from '../../src/domain/action/action.ts';
import type { Installation } from '../../src/domain/installation/installation.ts';
import type { EntryKind } from '../../src/domain/ledger/ledger.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, type Desk, NOW } from './desk.ts';

const reconcile: Reconcile = {
  ask: { by: 'http', url: `\${environment.adminUrl}/operations/\${action.id}`, timeoutMs: 1_000 },
  present: 'status == 200',
  absent: 'status == 404',
  settleMs: 30_000,
};

/** How long a flush takes at most, and then what is under way. */
const SETTLED_MS = 5_000 + reconcile.settleMs;

const withReconcile = (changes: Partial<Reconcile> | undefined): Installation => {
  const { actionTypes, ...rest } = testInstallation().installation;
  const flush = actionTypes['cache.flush'];
  if (!flush) throw new Error('there is no cache.flush');
  const type = changes ? { ...flush, reconcile: { ...reconcile, ...changes } } : flush;
  return { ...rest, actionTypes: { ...actionTypes, 'cache.flush': type } };
};

const said = (status: number): Reconciliation => ({
  kind: 'answer',
  answer: { status, text: '', summary: `it said ${status}` },
});

type Fact = readonly [EntryKind, object];
const admitted: Fact = ['admitted', { settlement: null, votes: [], execute: {} }];
const executed = (kind: 'done' | 'refused' | 'unknown'): Fact => ['executed', { kind, summary: 'no answer' }];

interface Asking {
  readonly facts?: readonly Fact[];
  /** What is answered, one after the other. */
  readonly answers?: readonly Reconciliation[];
  /** How it is written. Undefined: it is not. */
  readonly written?: Partial<Reconcile> | undefined;
}

/** A desk with an action of which these facts are on record, and what was asked of the governed system. */
async function aCase({ facts = [admitted, executed('unknown')], answers = [], ...rest }: Asking = {}) {
  const asked: Inquiry[] = [];
  const of = proposal();
  const desk = aDesk(of, {
    installation: withReconcile('written' in rest ? rest.written : {}),
    reconciler: {
      ask: async (inquiry) => {
        asked.push(inquiry);
        return answers[asked.length - 1] ?? { kind: 'none', reason: 'no answer' };
      },
    },
  });
  const found = await createRule(desk.deps).rule({ proposal: of });
  if (found.kind !== 'ruled') throw new Error(JSON.stringify(found));
  const { id: actionId } = found.action;
  for (const [i, [kind, body]] of facts.entries())
    await desk.deps.ledger.append({
      eventId: `${actionId}/${desk.runId}/${kind}/before-${i}`,
      actionId,
      kind,
      at: NOW,
      body: { digest: found.ruling.digest, ...body },
    });
  const look = (changes: Partial<ActivityDeps> = {}) =>
    createReconcile({ ...desk.deps, ...changes }).reconcile();
  return { desk, asked, look, actionId };
}

const foundOn = ({ entries }: Desk) =>
  entries.flatMap(({ kind, body }) => (kind === 'reconciled' ? [Object(body).found] : []));

describe('looking up whether an effect is there', () => {
  test('asks what the action type says, and records what was found', async () => {
    const { desk, asked, look, actionId } = await aCase({ answers: [said(200)] });
    expect(await look()).toEqual({
      found: 'present',
      summary: 'it said 200',
      at: NOW,
      unsettledMs: SETTLED_MS,
    });
    expect(asked).toEqual([
      { by: 'http', url: `http://storefront.example/admin/operations/${actionId}`, timeoutMs: 1_000 },
    ]);
    expect(foundOn(desk)).toEqual(['present']);
  });

  test('says how long something of it can still come, from the first look on record', async () => {
    const { desk, look } = await aCase({ answers: [said(404), said(404), said(404)] });
    expect(await look()).toMatchObject({ found: 'absent', unsettledMs: SETTLED_MS });
    desk.at = NOW + SETTLED_MS - 1;
    expect(await look()).toMatchObject({ unsettledMs: 1 });
    desk.at = NOW + SETTLED_MS;
    expect(await look()).toMatchObject({ unsettledMs: 0 });
  });

  test('INVARIANT 7: raises what does not tell, so that it is asked again, and records it', async () => {
    const { desk, look } = await aCase({ answers: [{ kind: 'none', reason: 'it is away' }] });
    await expect(look()).rejects.toMatchObject({
      type: 'EffectUnknown',
      message: 'it is away',
      nonRetryable: false,
    });
    expect(foundOn(desk)).toEqual(['unknown']);
  });

  test('INVARIANT 7: what was there once counts as there, and is not asked for again', async () => {
    const { asked, look } = await aCase({ answers: [said(200), said(404)] });
    await look();
    expect(await look()).toMatchObject({ found: 'present' });
    expect(asked).toHaveLength(1);
  });

  test('INVARIANT 8: nothing is sent any more once it was looked up', async () => {
    const { desk, look, actionId } = await aCase({ answers: [said(404)] });
    await look();
    await expect(createExecute(desk.deps).execute()).rejects.toMatchObject({
      type: 'NotOnRecord',
      message: expect.stringContaining('it was looked up'),
    });
    expect(desk.entries.filter((entry) => entry.actionId === actionId).at(-1)?.kind).toBe('reconciled');
  });

  test('INVARIANT 13: is not known to a worker whose installation would ask something else', async () => {
    const { asked, look } = await aCase({ answers: [said(404)] });
    await expect(look({ installation: withReconcile({ absent: 'true' }) })).rejects.toMatchObject({
      type: 'EffectUnknown',
      message: 'the installation of this worker would ask something else',
    });
    expect(asked).toEqual([]);
  });

  test.each([
    ['is not admitted', { facts: [] }, 'it does not run'],
    ['is done', { facts: [admitted, executed('done')] }, 'it is known whether it ran'],
    ['was refused', { facts: [admitted, executed('refused')] }, 'it is known whether it ran'],
    ['is being taken back', { facts: [admitted, ['verdict', { why: 'because' }]] }, 'it is being taken back'],
    [
      'has a type that does not say how',
      { written: undefined },
      'its action type does not say how to look the effect up',
    ],
  ] as const satisfies readonly [string, Asking, string][])(
    'INVARIANT 13: is refused where it %s',
    async (_, asking, message) => {
      const { asked, look } = await aCase(asking);
      await expect(look()).rejects.toMatchObject({ type: 'NotOnRecord', message });
      expect(asked).toEqual([]);
    },
  );

  test('INVARIANT 9: does not wait for the ledger: while it is away, whether it is there is not known', async () => {
    const { desk, asked, look } = await aCase({ answers: [said(404), said(404)] });
    const away = () => Promise.reject(new Error('the database is down'));
    const { ledger } = desk.deps;
    const notKnown = { found: 'unknown', summary: 'the ledger does not answer', at: NOW, unsettledMs: 0 };
    expect(await look({ ledger: { ...ledger, entriesOf: away } })).toEqual(notKnown);
    expect(asked).toEqual([]);
    // "Not there" ends the action without its rollback, so it counts only once it is on record.
    expect(await look({ ledger: { ...ledger, append: away } })).toEqual(notKnown);
    expect(foundOn(desk)).toEqual([]);
  });
});
