import { describe, expect, test } from 'vitest';
import { createUnfinished } from '../../src/adapters/postgres/unfinished.ts';
import { stateWithAftermath } from '../../src/cli/state-with-aftermath.ts';
import type { ActionHandle } from '../../src/client/index.ts';
import { explain } from '../../src/domain/explanation/explanation.ts';
import type { Unsigned } from '../../src/domain/orders/order.ts';
import { usedBefore } from '../../src/domain/proposal/idempotency.ts';
import { lostOf } from '../../src/domain/record/lost-action.ts';
import { lastOnRecord } from '../../src/domain/record/on-record.ts';
import { readAction } from '../../src/gateway/use-cases/read-action.ts';
import { execute, fact } from '../adapters/postgres-support.ts';
import { newKey } from '../support/installation.ts';
import { orders, signed } from '../support/orders.ts';
import { deploy } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const world = useWorld();

const PASSWORD = 'hunter2-and-more';

/** An action that a person denied, giving a reason that has to go. */
async function denied(): Promise<ActionHandle> {
  const action = await world().asked(deploy('2.4.0'));
  const jws = await world().sign('grace', 'deny', action, { reason: `its password is ${PASSWORD}` });
  await world().countersign.decide(action.workflowId, jws);
  expect((await action.result()).outcome.kind).toBe('deniedByPerson');
  return action;
}

const entriesOf = ({ actionId }: ActionHandle) => world().ledger.entriesOf(actionId);
const holding = async (action: ActionHandle, text = PASSWORD) =>
  (await entriesOf(action)).filter(({ body }) => JSON.stringify(body).includes(text)).map(({ seq }) => seq);

const anErasure = ({ actionId: subject }: ActionHandle, entries: readonly number[]): Unsigned => ({
  kind: 'erase',
  subject,
  entries,
  reason: 'a password slipped in',
});

async function expectRefused(person: string, unsigned: Unsigned, problem: string): Promise<void> {
  await expect(orders(world(), person, unsigned)).rejects.toMatchObject({
    name: 'OrderRefused',
    message: expect.stringContaining(problem),
  });
}

test('what a person with the right signed is erased, and the ledger says who, why and which entries, and not what they said', async () => {
  const action = await denied();
  const seqs = await holding(action);
  expect(seqs.length).toBeGreaterThan(1);
  expect(await orders(world(), 'radia', anErasure(action, seqs))).toEqual({
    kind: 'erased',
    subject: action.actionId,
    entries: seqs,
  });
  const entries = await entriesOf(action);
  expect(entries.filter(({ kind }) => kind === 'erased').map(({ seq }) => seq)).toEqual(seqs);
  expect(await holding(action)).toEqual([]);
  expect(entries.at(-1)).toMatchObject({
    kind: 'erasureOrdered',
    body: { person: 'radia', reason: 'a password slipped in', entries: seqs, jws: expect.any(String) },
  });
  const { rows } = await world().database.pool.query(
    `select from countersign_ledger where payload like $1
     union all select from countersign_actions where reason like $1
     union all select from countersign_list where known::text like $1`,
    [`%${PASSWORD}%`],
  );
  expect(rows).toEqual([]);
});

describe('who reads what was erased is told so', () => {
  const readers = () => ({ countersign: world().countersign, ledger: world().ledger, now: Date.now });
  const WORDS = /radia had erased what entr.* of the ledger said: a password slipped in/;

  test('of the reasons of people: pages and explanations show the rest, from the ledger alone', async () => {
    const action = await denied();
    await orders(world(), 'radia', anErasure(action, await holding(action)));
    const { from, state } = await readAction(readers(), action.actionId);
    expect([from, state.status, state.erased]).toEqual(['ledger', 'closed', expect.stringMatching(WORDS)]);
    expect(JSON.stringify(state)).not.toContain(PASSWORD);
    expect(explain(state).howTheDecisionWasReached.at(-1)).toMatch(WORDS);
    expect(await stateWithAftermath(world().countersign, action.actionId)).toMatchObject({
      erased: expect.stringContaining('Its history in Temporal may still hold it'),
    });
  });

  test('of the ruling: nothing of it is shown, also where its workflow still has it', async () => {
    const action = await denied();
    const [ruled] = await entriesOf(action);
    await orders(world(), 'radia', anErasure(action, [ruled?.seq ?? 0]));
    await expect(readAction(readers(), action.actionId)).rejects.toThrow(WORDS);
  });

  test('of everything: it stays ended and used, and lists that are made anew say no more', async () => {
    const action = await denied();
    const { actionId } = action;
    const all = (await entriesOf(action)).map(({ seq }) => seq);
    await orders(world(), 'radia', anErasure(action, all));
    await execute(
      world().testDatabase.urls.owner,
      `delete from countersign_list; delete from countersign_actions;
       update countersign_projection set seq = 0, listed_seq = 0`,
    );
    await world().ledger.append(fact('one-more'));
    expect(await createUnfinished(world().database).actions(Date.now() + 1_000)).not.toContain(actionId);
    expect(await world().sweep()).toBe(0);
    const entries = await entriesOf(action);
    expect(usedBefore(entries, 'another run')).toMatchObject([{ where: 'idempotencyKey' }]);
  });

  test('of its end: it is not taken for lost', async () => {
    const action = await denied();
    const closed = (await entriesOf(action)).find(({ kind }) => kind === 'closed');
    await orders(world(), 'radia', anErasure(action, [closed?.seq ?? 0]));
    const record = lastOnRecord(action.actionId, await entriesOf(action));
    expect(record && lostOf(record, 'completed')).toBeUndefined();
    await execute(
      world().testDatabase.urls.owner,
      `delete from countersign_list; update countersign_projection set listed_seq = 0`,
    );
    await world().ledger.append(fact('one-more-again'));
    expect(await world().sweep()).toBe(0);
    const { state } = await readAction(readers(), action.actionId);
    expect([state.status, state.outcome]).toEqual(['closed', undefined]);
  });
});

describe('INVARIANT 13: nothing is erased', () => {
  test('by somebody without the right, or with a signature that is not theirs', async () => {
    const action = await denied();
    const [seq = 0] = await holding(action);
    await expectRefused('grace', anErasure(action, [seq]), 'that is for user:radia');
    const forged = await signed(world(), 'radia', anErasure(action, [seq]), {}, newKey());
    await expect(world().countersign.order(forged)).rejects.toMatchObject({
      faults: [{ where: 'signature' }],
    });
    expect(await holding(action)).toContain(seq);
  });

  test('of an action that has not ended', async () => {
    const action = await world().asked(deploy('2.4.0'));
    const [ruled] = await entriesOf(action);
    await expectRefused('radia', anErasure(action, [ruled?.seq ?? 0]), 'has not ended');
    await action.cancel();
    await action.result();
  });

  test('under a legal hold, until a person who may ended it', async () => {
    const action = await denied();
    const [seq = 0] = await holding(action);
    const { actionId: subject } = action;
    const scope = { kind: 'subject', subject } as const;
    const placed = await orders(world(), 'grace', { kind: 'placeLegalHold', scope, reason: 'case 4711' });
    const legalHoldId = 'legalHoldId' in placed ? placed.legalHoldId : '';
    await expectRefused('radia', anErasure(action, [seq]), `legal hold ${legalHoldId}`);
    await expectRefused('radia', { kind: 'endLegalHold', legalHoldId, reason: 'no' }, 'user:grace');
    expect(await orders(world(), 'grace', { kind: 'endLegalHold', legalHoldId, reason: 'closed' })).toEqual({
      kind: 'legalHoldEnded',
      legalHoldId,
    });
    await expectRefused('grace', { kind: 'endLegalHold', legalHoldId, reason: 'again' }, 'stands');
    expect(await orders(world(), 'radia', anErasure(action, [seq]))).toMatchObject({ kind: 'erased' });
  });

  test('of what nothing is on record, and no legal hold is placed on it', async () => {
    const scope = { kind: 'subject', subject: 'nothing' } as const;
    await expectRefused('grace', { kind: 'placeLegalHold', scope, reason: 'x' }, 'no entry about nothing');
    await expectRefused(
      'radia',
      { kind: 'erase', subject: 'nothing', entries: [1], reason: 'x' },
      'no entry about nothing',
    );
  });
});
