import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Database } from '../../src/adapters/postgres/database.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { recordedState } from '../../src/contract/recorded-state.ts';
import type { OutcomeKind } from '../../src/domain/action/outcome.ts';
import { recordedCases } from '../../src/practice/recorded.ts';
import { ruleCase } from '../../src/practice/rule-case.ts';
import { createDatabases, shippedCase, type TestDatabases } from './support.ts';

let databases: TestDatabases;
beforeAll(async () => {
  databases = await createDatabases();
});
afterAll(() => databases.drop());

/** Has the request of a case ruled on, decided and closed, and returns its id. */
async function ended(database: Database, name: string, kind: OutcomeKind, decided: 'approved' | 'denied') {
  const { written, loaded } = await shippedCase(name);
  const ruled = await ruleCase(written, loaded, database);
  if (ruled.kind === 'none') throw new Error(ruled.why);
  const { actionId = '', eventId = '' } = ruled.entries.at(-1) ?? {};
  const [, run = ''] = eventId.split('/');
  const at = written.at + 3_600_000;
  const digest = recordedState(ruled.entries)?.ruling?.digest ?? '';
  const settlement =
    decided === 'approved'
      ? { kind: 'approved', by: ['priya'] }
      : { kind: 'denied', by: 'priya', reason: 'no' };
  const ledger = createLedger(database);
  const append = (entryKind: 'settled' | 'closed', body: unknown) =>
    ledger.append({ eventId: `${actionId}/${run}/${entryKind}`, actionId, kind: entryKind, at, body });
  await append('settled', { digest, settlement, votes: [], since: at });
  const outcome = { kind, reason: `it ended as ${kind}` };
  await append('closed', { outcome, hold: false, record: { settlement, votes: [] }, review: null });
  return actionId;
}

async function recorded(database: Database, count = 6) {
  const client = await database.pool.connect();
  try {
    return await recordedCases(client, { since: 0, count });
  } finally {
    client.release();
  }
}

test('what people were asked comes back as it was asked, without what became of it', async () => {
  await databases.fresh(async (database) => {
    const bad = await ended(database, 'other-direction', 'rolledBack', 'approved');
    const good = await ended(database, 'good-one-more', 'succeeded', 'approved');
    const cases = await recorded(database);
    expect(cases.map(({ actionId, is, kind }) => [actionId, is, kind])).toEqual([
      [good, 'good', 'it went well'],
      [bad, 'bad', 'it had to be taken back'],
    ]);
    for (const { state, entries, readAt } of cases) {
      expect(state).toMatchObject({ status: 'waiting', votes: [] });
      expect(state).not.toHaveProperty('outcome');
      expect(state.deadline).toBeGreaterThan(readAt);
      expect(entries.map(({ kind }) => kind)).not.toContain('closed');
    }
    expect(cases[1]?.because).toBe('it ended as rolledBack');
    expect(cases[1]?.facts).toContainEqual({
      says: 'the agent writes "Scale checkout up before it is full", but count falls from 6 to 2',
      under: 'What will run',
    });
  });
});

test('half of them are bad, and what nobody knows the truth of is left out', async () => {
  await databases.fresh(async (database) => {
    await ended(database, 'good-next-version', 'succeeded', 'approved');
    await ended(database, 'older-version', 'deniedByPerson', 'denied');
    await ended(database, 'blast-radius', 'expired', 'denied');
    await ended(database, 'instructions-in-the-text', 'deniedByPerson', 'denied');
    const kinds = async (count: number) => (await recorded(database, count)).map(({ is }) => is);
    expect(await kinds(2)).toEqual(['bad', 'good']);
    expect(await kinds(6)).toEqual(['bad', 'bad', 'good']);
  });
});
