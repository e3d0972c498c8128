import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createAttentionRecords } from '../../src/adapters/postgres/attention.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createHolds } from '../../src/adapters/postgres/holds.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger } from '../../src/adapters/postgres/ledger.ts';
import { createPastActions } from '../../src/adapters/postgres/past-actions.ts';
import { recordedState } from '../../src/contract/recorded-state.ts';
import type { OutcomeKind } from '../../src/domain/action/outcome.ts';
import { castOf } from '../../src/exercise/cast.ts';
import { recordedCases } from '../../src/practice/recorded.ts';
import { recordsInMemory } from '../../src/practice/records.ts';
import { ruleCase } from '../../src/practice/rule-case.ts';
import { createDatabase } from '../support/database.ts';
import { shippedCase } from './support.ts';

let database: Database;
beforeEach(async () => {
  const { urls, drop } = await createDatabase();
  database = await openDatabase(urls.worker, 'worker');
  onTestFinished(async () => {
    await database.close();
    await drop();
  });
});

/** The records of production. */
const records = () => ({
  ledger: createLedger(database),
  attention: createAttentionRecords(database),
  pastActions: createPastActions(database),
  holds: createHolds(database),
  leases: createLeases(database),
});

/** Has the request of a case ruled on, decided and closed, and returns its id. */
async function ended(name: string, kind: OutcomeKind, decided: 'approved' | 'denied') {
  const { written, loaded } = await shippedCase(name);
  const ruled = await ruleCase(written, loaded, await castOf(loaded.installation), records());
  if (ruled.kind === 'none') throw new Error(ruled.why);
  const { actionId = '', eventId = '' } = ruled.entries.at(-1) ?? {};
  const [, run = ''] = eventId.split('/');
  const at = written.at + 3_600_000;
  const digest = recordedState(ruled.entries)?.ruling?.digest ?? '';
  const settlement =
    decided === 'approved'
      ? { kind: 'approved', by: ['priya'] }
      : { kind: 'denied', by: 'priya', reason: 'no' };
  const { ledger } = records();
  const append = (entryKind: 'settled' | 'closed', body: unknown) =>
    ledger.append({ eventId: `${actionId}/${run}/${entryKind}`, actionId, kind: entryKind, at, body });
  await append('settled', { digest, settlement, votes: [], since: at });
  const outcome = { kind, reason: `it ended as ${kind}` };
  await append('closed', { outcome, hold: false, record: { settlement, votes: [] }, review: null });
  return actionId;
}

async function recorded(count = 6) {
  const client = await database.pool.connect();
  try {
    return await recordedCases(client, { since: 0, count });
  } finally {
    client.release();
  }
}

test('what people were asked comes back as it was asked, without what became of it', async () => {
  const bad = await ended('other-direction', 'rolledBack', 'approved');
  const good = await ended('good-one-more', 'succeeded', 'approved');
  const cases = await recorded();
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

test('half of them are bad, and what nobody knows the truth of is left out', async () => {
  await ended('good-next-version', 'succeeded', 'approved');
  await ended('older-version', 'deniedByPerson', 'denied');
  await ended('blast-radius', 'expired', 'denied');
  await ended('instructions-in-the-text', 'deniedByPerson', 'denied');
  const kinds = async (count: number) => (await recorded(count)).map(({ is }) => is);
  expect(await kinds(2)).toEqual(['bad', 'good']);
  expect(await kinds(6)).toEqual(['bad', 'bad', 'good']);
});

test('in memory a case is ruled on as it is in PostgreSQL', async () => {
  const { written, loaded } = await shippedCase('rolled-back-yesterday');
  const cast = await castOf(loaded.installation);
  const question = { runId: crypto.randomUUID(), idempotencyKey: 'request-1' };
  const ruled = await ruleCase(written, loaded, cast, records(), question);
  const inMemory = await ruleCase(written, loaded, cast, recordsInMemory(), question);
  if (ruled.kind === 'none' || inMemory.kind === 'none') throw new Error('it is asked');
  const told = (entries: typeof ruled.entries) =>
    entries.map(({ kind, at, body }) => ({ kind, at, body: plain(body) }));
  expect(told(inMemory.entries)).toEqual(told(ruled.entries));
});

/** What a body says, without what is random: the ids of what happened before, and the digests over them. */
const plain = (body: unknown) =>
  JSON.parse(JSON.stringify(body).replaceAll(/request-[0-9a-f]{8}/g, 'request'), (name, value) =>
    name === 'digest' || name === 'pins' ? undefined : value,
  );
