import type { MetricMeter } from '@temporalio/common';
import { Client } from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { watchLedger } from '../../src/adapters/ledger-watch.ts';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { verifyLedger } from '../../src/adapters/postgres/verify.ts';
import {
  chain,
  GENESIS,
  type Head,
  isReadable,
  type LedgerEntry,
  type NewEntry,
  withoutPayload,
} from '../../src/domain/ledger/ledger.ts';
import { canonicalJson } from '../../src/domain/shared/digest.ts';
import { createStore, execute, fact, facts, type Store, tamper } from './postgres-support.ts';

let store: Store;
let database: Database;
let ledger: PostgresLedger;
let auditor: Client;

beforeAll(async () => {
  store = await createStore();
  database = await store.open();
  ledger = createLedger(database);
  auditor = new Client({ connectionString: store.urls.auditor });
  await auditor.connect();
});

afterAll(async () => {
  await auditor.end();
  await store.remove();
});

beforeEach(() => store.clear());

const append = (count: number, prefix?: string) => Promise.all(facts(count, prefix).map(ledger.append));

const BODY = `payload = replace(payload, '"tier":2', '"tier":1')`;

/** Writes the ledger anew from here on, each hash fitting to what is before it. */
async function rewrittenFrom(seq: number, ...changes: readonly Partial<NewEntry>[]): Promise<string> {
  const entries: LedgerEntry[] = [];
  for await (const entry of ledger.all(Math.max(1, seq - 1))) {
    if (isReadable(entry)) entries.push(entry);
  }
  let head: Head = seq === 1 ? GENESIS : (entries.shift() ?? GENESIS);
  return entries
    .map(({ seq: at, hash: _, previousHash: __, commitment: ___, salt, ...was }, i) => {
      const forged = chain(head, { ...was, ...changes[i] }, salt);
      head = forged;
      return `update countersign_ledger set hash = '${forged.hash}', previous_hash = '${forged.previousHash}',
        entry = '${canonicalJson(withoutPayload(forged))}' where seq = ${at};`;
    })
    .join('\n');
}

describe('INVARIANT 9: an auditor finds whether anybody changed the ledger, and where', () => {
  test('an empty one is intact', async () => {
    expect(await verifyLedger(auditor)).toEqual({ kind: 'intact', head: GENESIS });
  });

  test.each([1, 9, 10, 11, 130])('one of %i entries is intact, to its head', async (count) => {
    await append(count);
    const head = await ledger.head();
    expect(head.seq).toBe(count);
    expect(await verifyLedger(auditor)).toEqual({ kind: 'intact', head });
  });

  test.each<[string, string, number, string]>([
    [
      'a changed body',
      `update countersign_ledger set ${BODY} where seq = 40`,
      40,
      'not the one that it was written with',
    ],
    [
      'a changed first entry',
      `update countersign_ledger set ${BODY} where seq = 1`,
      1,
      'not the one that it was written with',
    ],
    [
      'a changed last entry',
      `update countersign_ledger set ${BODY} where seq = 60`,
      60,
      'not the one that it was written with',
    ],
    ['a column that was changed', `update countersign_ledger set kind = 'closed' where seq = 25`, 25, 'kind'],
    [
      'an entry that cannot be read',
      `update countersign_ledger set entry = 'gone' where seq = 26`,
      26,
      'cannot be read',
    ],
    ['a removed entry', 'delete from countersign_ledger where seq = 50', 50, 'entry 51 follows entry 49'],
    ['a removed first entry', 'delete from countersign_ledger where seq = 1', 1, 'entry 2 follows entry 0'],
  ])('%s', async (_, change, seq, reason) => {
    await append(60);
    await tamper(store.url, change);
    expect(await verifyLedger(auditor)).toEqual({
      kind: 'broken',
      seq,
      reason: expect.stringContaining(reason),
    });
  });

  test('an entry that was written anew with a hash of its own is found at the next', async () => {
    await append(30);
    const [one = ''] = (await rewrittenFrom(10, { kind: 'closed' })).split(';');
    await tamper(store.url, `${one.replace('entry =', `kind = 'closed', entry =`)}`);
    expect(await verifyLedger(auditor)).toMatchObject({ kind: 'broken', seq: 11 });
  });
});

describe('from a head that was kept', () => {
  let kept: Head;
  beforeEach(async () => {
    await append(30);
    kept = await ledger.head();
    await append(30, 'later');
  });

  test('what is new is checked', async () => {
    expect(await verifyLedger(auditor, kept)).toEqual({ kind: 'intact', head: await ledger.head() });
    await tamper(store.url, `update countersign_ledger set ${BODY} where seq = 45`);
    expect(await verifyLedger(auditor, kept)).toMatchObject({ kind: 'broken', seq: 45 });
  });

  test('what is before it is not checked again', async () => {
    await tamper(store.url, `update countersign_ledger set ${BODY} where seq = 5`);
    expect(await verifyLedger(auditor, kept)).toMatchObject({ kind: 'intact', head: { seq: 60 } });
  });

  test.each<[string, string, string]>([
    ['is gone, as the tail was cut', 'delete from countersign_ledger where seq >= 30', 'was cut'],
    ['is gone alone', 'delete from countersign_ledger where seq = 30', 'is gone'],
    [
      'was changed',
      `update countersign_ledger set ${BODY} where seq = 30`,
      'not the one that it was written with',
    ],
    ['cannot be read', `update countersign_ledger set entry = '' where seq = 30`, 'cannot be read'],
  ])('the entry that %s is found', async (_, change, reason) => {
    await tamper(store.url, change);
    const found = { kind: 'broken', seq: 30, reason: expect.stringContaining(reason) };
    expect(await verifyLedger(auditor, kept)).toEqual(found);
  });

  test('a ledger that was written anew, and is intact by itself, is found', async () => {
    await tamper(
      store.url,
      await rewrittenFrom(3, { at: 7 }).then((all) => all.replace('entry =', 'at = 7, entry =')),
    );
    expect(await verifyLedger(auditor)).toMatchObject({ kind: 'intact', head: { seq: 60 } });
    expect(await verifyLedger(auditor, kept)).toEqual({
      kind: 'broken',
      seq: 30,
      reason: 'it has another hash than the one that was kept',
    });
  });
});

describe('a worker watches the ledger', () => {
  /** What was logged, and what each metric shows now. */
  function watched() {
    const metrics: Record<string, number> = {};
    const logged: object[] = [];
    const meter = {
      createGauge: (name: string) => ({
        set: (value: number) => {
          metrics[name] = value;
        },
      }),
    } as unknown as MetricMeter;
    const keep = (what: object) => logged.push(what);
    const watch = watchLedger(database, { error: keep, warn: keep } as never, meter, 20);
    onTestFinished(() => watch.stop());
    return { watch, metrics, logged };
  }
  const intactAt = (seq: number) => ({
    countersign_ledger_intact: 1,
    countersign_ledger_verified_seq: seq,
  });

  test('it checks everything, and then whatever comes', async () => {
    await append(60);
    const { watch, metrics, logged } = watched();
    await vi.waitFor(() => expect(metrics).toEqual(intactAt(60)));
    await append(30, 'later');
    await vi.waitFor(() => expect(metrics).toEqual(intactAt(90)));
    expect({ faults: watch.faults(), logged }).toEqual({ faults: [], logged: [] });
  });

  test('what was broken before it started is told once, and for as long as it is', async () => {
    await append(60);
    await execute(store.url, 'create table untouched as select * from countersign_ledger');
    onTestFinished(() => execute(store.url, 'drop table untouched'));
    await tamper(store.url, `update countersign_ledger set ${BODY} where seq = 40`);
    const { watch, metrics, logged } = watched();
    await vi.waitFor(() =>
      expect(watch.faults()).toEqual([
        'the ledger is broken at entry 40: its body is not the one that it was written with',
      ]),
    );
    expect(metrics.countersign_ledger_intact).toBe(0);
    await tamper(
      store.url,
      'truncate countersign_ledger; insert into countersign_ledger select * from untouched',
    );
    await vi.waitFor(() => expect(watch.faults()).toEqual([]));
    await vi.waitFor(() => expect(metrics).toEqual(intactAt(60)));
    expect(logged).toEqual([{ seq: 40, reason: expect.any(String), intactUntil: 30 }]);
  });

  test.each<[string, string]>([
    ['changed', `update countersign_ledger set ${BODY} where seq = 60`],
    ['cut off', 'delete from countersign_ledger where seq > 55'],
  ])('a tail that is %s after it was checked is found', async (_, change) => {
    await append(60);
    const { watch, metrics } = watched();
    await vi.waitFor(() => expect(metrics).toEqual(intactAt(60)));
    await tamper(store.url, change);
    await vi.waitFor(() => expect(watch.faults().join()).toMatch(/^the ledger is broken at entry 60: /));
  });

  test('it ends at once when it is stopped, however far it is', async () => {
    await Promise.all(Array.from({ length: 400 }, (_, n) => ledger.append(fact(`many-${n}`))));
    const { watch, metrics } = watched();
    await vi.waitFor(() => expect(metrics.countersign_ledger_verified_seq).toBeGreaterThan(0));
    await watch.stop();
    expect(metrics.countersign_ledger_verified_seq).toBeLessThan(400);
  });
});
