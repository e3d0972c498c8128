import { afterAll, beforeAll, expect, test } from 'vitest';
import { type LoadedRules, recordRules } from '../../src/activities/installation/record-rules.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createLedger, readRulesChanges } from '../../src/adapters/postgres/ledger.ts';
import { createRuleTexts } from '../../src/adapters/postgres/rule-texts.ts';
import { differencesBetween } from '../../src/config/index.ts';
import { isRulesChanged, type Origin, type RulesChanged } from '../../src/domain/record/rules-changed.ts';
import { digestOfText } from '../../src/domain/shared/digest.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { execute } from './postgres-support.ts';

let testDatabase: TestDatabase;
let databases: Database[];

beforeAll(async () => {
  testDatabase = await createDatabase();
  databases = await Promise.all([1, 2].map(() => openDatabase(testDatabase.urls.worker, 'worker')));
});
afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await testDatabase.drop();
});

const rules = (name: string, texts: Readonly<Record<string, string>>): LoadedRules => ({
  installation: { name, digests: { policy: 'p', catalog: 'c', actionTypes: {} } },
  texts,
});

const at = (head: string): Origin => ({ kind: 'repository', head, uncommitted: [], commits: [] });

/** Records what a worker loaded. @param asked gets the commits that the repository was asked since */
function record(loaded: LoadedRules, { worker = 0, head = 'h', asked = [] as (string | undefined)[] } = {}) {
  const database = databases[worker];
  if (!database) throw new Error('no such worker');
  return recordRules(
    {
      ledger: createLedger(database),
      ruleTexts: createRuleTexts(database),
      repository: {
        originOf: async (since) => {
          asked.push(since);
          return at(head);
        },
      },
      differences: differencesBetween,
      now: () => 1_000,
    },
    loaded,
  );
}

/** The changes of an installation's rules, the first one first. */
async function recorded(name: string): Promise<RulesChanged[]> {
  const changes = await readRulesChanges(testDatabase.urls.auditor, 100);
  return changes
    .filter((entry) => entry.actionId === `rules/${name}`)
    .filter(isRulesChanged)
    .map(({ body }) => body)
    .reverse();
}

test('the first rules are recorded with the digest of each file, as sha256sum prints it', async () => {
  expect(await record(rules('first', { 'countersign.yaml': 'name: first\n' }))).toBe(true);
  expect(await recorded('first')).toMatchObject([
    {
      before: null,
      files: { 'countersign.yaml': digestOfText('name: first\n') },
      changes: [],
      origin: at('h'),
      digests: { policy: 'p' },
    },
  ]);
  expect(digestOfText('name: first\n')).toBe(
    '9f3e67339b533d8bcde044ae25b0a42ae49e0a27d7ff100a09b51836d755e0a7',
  );
});

test('rules that are on record as the last ones are not recorded again', async () => {
  await record(rules('same', { 'a.yaml': 'one' }));
  expect(await record(rules('same', { 'a.yaml': 'one' }), { worker: 1 })).toBe(false);
  expect(await recorded('same')).toHaveLength(1);
});

test('other rules are recorded with their difference, since the commit of the last ones; those that come back are a change again', async () => {
  const asked: (string | undefined)[] = [];
  await record(rules('turns', { 'a.yaml': 'one\n' }), { head: 'h1', asked });
  await record(rules('turns', { 'a.yaml': 'two\n' }), { head: 'h2', asked });
  await record(rules('turns', { 'a.yaml': 'one\n' }), { head: 'h3', asked });
  await record(rules('turns', { 'a.yaml': 'two\n' }), { head: 'h4', asked });
  const changes = await recorded('turns');
  expect(changes.map(({ changes: [change] }) => change?.difference)).toEqual([
    undefined,
    '@@ -1,1 +1,1 @@\n-one\n+two\n',
    '@@ -1,1 +1,1 @@\n-two\n+one\n',
    '@@ -1,1 +1,1 @@\n-one\n+two\n',
  ]);
  expect(changes[1]?.before).toBe(changes[0]?.digest);
  expect(asked).toEqual([undefined, 'h1', 'h2', 'h3']);
});

test('workers that load the same rules at once record them once', async () => {
  const loaded = rules('together', { 'a.yaml': 'one' });
  await Promise.all(databases.flatMap((_, worker) => [record(loaded, { worker, head: `h${worker}` })]));
  expect(await recorded('together')).toHaveLength(1);
});

test('rules of another installation in the same ledger are another list', async () => {
  await record(rules('one', { 'a.yaml': 'one' }));
  await record(rules('other', { 'a.yaml': 'other' }));
  expect((await recorded('other'))[0]).toMatchObject({ before: null });
});

test('a text that somebody removed from the database makes the difference larger, and not the record fail', async () => {
  await record(rules('removed', { 'a.yaml': 'removed one\n' }));
  await execute(
    testDatabase.urls.owner,
    `delete from countersign_rule_texts where digest = '${digestOfText('removed one\n')}'`,
  );
  await record(rules('removed', { 'a.yaml': 'removed two\n' }));
  expect((await recorded('removed'))[1]?.changes).toEqual([
    { file: 'a.yaml', kind: 'changed', difference: '@@ -0,0 +1,1 @@\n+removed two\n' },
  ]);
});

test('an auditor reads the changes, the newest first', async () => {
  await record(rules('read', { 'a.yaml': 'one' }));
  await record(rules('read', { 'a.yaml': 'two' }));
  const [last, before] = await readRulesChanges(testDatabase.urls.auditor, 2);
  expect(last).toMatchObject({ kind: 'rulesChanged', actionId: 'rules/read' });
  expect(last?.seq).toBeGreaterThan(before?.seq ?? 0);
});
