import { describe, expect, test } from 'vitest';
import { createAdmit } from '../../src/activities/admit.ts';
import type { ActivityDeps } from '../../src/activities/index.ts';
import { createRule } from '../../src/activities/ruling/rule.ts';
import type { Settlement } from '../../src/domain/approval/settlement.ts';
import type { Calendar } from '../../src/domain/calendar/calendar.ts';
import { testInstallation } from '../support/installation.ts';
import { proposal } from '../support/proposals.ts';
import { aDesk, type Desk, NOW, withRules } from './desk.ts';

const { rules } = testInstallation().installation;
const HOUR = 3_600_000;

/** A tier-1 action that was ruled on before the rules changed, and a desk that admits it. */
async function ruled(changes: Partial<ActivityDeps> = {}, of = proposal()): Promise<Desk> {
  const desk = aDesk(of);
  await createRule(desk.deps).rule({ proposal: of });
  Object.assign(desk.deps, changes);
  return desk;
}

/** Admits it by another calendar. */
async function admit(calendar: Partial<Calendar>, now = NOW, others: Partial<typeof rules> = {}) {
  const written = { ...others, calendar: { ...rules.calendar, ...calendar } };
  const desk = await ruled({ ...withRules(written), now: () => now });
  return { answer: await createAdmit(desk.deps).admit(), asked: desk.asked };
}

const freeze = (from: number, until: number) => ({ freezes: [{ name: 'year end', from, until }] });

describe('a freeze', () => {
  test.each([
    ['before the first instant of it', NOW + 1, NOW + HOUR, 'admitted'],
    ['in its first instant', NOW, NOW + HOUR, 'drifted'],
    ['in its last instant', NOW - HOUR, NOW + 1, 'drifted'],
    ['once it is over', NOW - HOUR, NOW, 'admitted'],
  ])('leaves to people what would run by itself: asked %s it is %s', async (_, from, until, kind) => {
    expect((await admit(freeze(from, until))).answer.kind).toBe(kind);
  });

  test('that began while the database was away stops what was asked for before it', async () => {
    const began = freeze(NOW + 1, NOW + HOUR);
    expect((await admit(began, NOW)).answer).toMatchObject({ kind: 'admitted' });
    expect((await admit(began, NOW + 1)).answer).toMatchObject({
      kind: 'drifted',
      reasons: ['it was tier 1 and is tier 3 now', 'the freeze "year end" has begun'],
    });
  });

  test.each([-2, 2])(
    'stops what is asked for in it, however wrong the clock of the worker: %i h',
    async (hours) => {
      const { answer } = await admit(freeze(NOW, NOW + HOUR), NOW + hours * HOUR);
      expect(answer.kind).toBe('drifted');
    },
  );
});

/** An action of tier 2 that was settled so, by what the ledger says. */
async function settledAs(settlement: Settlement, others: Partial<typeof rules>) {
  const of = proposal({ target: 'cart' });
  const desk = await ruled(withRules(others), of);
  const actionId = desk.workflowId.slice('action/'.length);
  const digest = Reflect.get(Object(desk.entries.at(-1)?.body), 'ruling').digest;
  await desk.deps.ledger.append({
    eventId: `${actionId}/${desk.runId}/settled`,
    actionId,
    kind: 'settled',
    at: NOW,
    body: { digest, settlement, votes: [], since: NOW },
  });
  return { desk, answer: await createAdmit(desk.deps).admit() };
}

describe('limits', () => {
  const limits = [{ kind: 'rate', per: ['agent'], atMost: 1, withinMs: HOUR }] as const;

  test('are counted by the time of the server, which no clock of a worker moves', async () => {
    const { asked } = await admit({}, NOW + HOUR, { limits });
    expect(asked).toMatchObject([{ at: NOW, limits }]);
  });

  test('are on what runs by itself', async () => {
    const { asked } = await admit({}, NOW, { limits });
    expect(asked).toMatchObject([{ limits, approved: false }]);
  });
});

describe('INVARIANT 13: what is not on record is not admitted, whoever asks', () => {
  const refused = { type: 'NotOnRecord' };

  test('an action that nobody ruled on', async () => {
    const desk = aDesk(proposal());
    await expect(createAdmit(desk.deps).admit()).rejects.toMatchObject(refused);
    expect(desk.entries).toEqual([]);
  });

  test('one that was ruled on in another run', async () => {
    const desk = await ruled();
    desk.runId = '01900000-0000-7000-8000-000000000002';
    await expect(createAdmit(desk.deps).admit()).rejects.toMatchObject(refused);
  });

  test('one about which there is an entry that cannot be read', async () => {
    const desk = await ruled();
    const { actionId = '' } = desk.entries.at(-1) ?? {};
    const eventId = `${actionId}/${desk.runId}/revoked`;
    await desk.deps.ledger.append({ eventId, actionId, kind: 'revoked', at: NOW, body: { who: 'barbara' } });
    await expect(createAdmit(desk.deps).admit()).rejects.toMatchObject({
      ...refused,
      message: 'entry 3 of the ledger, about it, cannot be read',
    });
  });

  test('one that people are waited for', async () => {
    const desk = await ruled({}, proposal({ target: 'cart' }));
    await expect(createAdmit(desk.deps).admit()).rejects.toMatchObject({
      ...refused,
      message: 'people are waited for, and it is not settled',
    });
  });

  test.each<Settlement>([
    { kind: 'denied', by: 'barbara', reason: 'no' },
    { kind: 'expired', reason: 'nobody decided' },
    { kind: 'undeliverable', reason: 'nobody was told' },
  ])('one that was settled %o', async (settlement) => {
    await expect(settledAs(settlement, {})).rejects.toMatchObject(refused);
  });

  test('one whose permission ran out', async () => {
    const desk = await ruled();
    desk.at = NOW + 15 * 60_000;
    expect(await createAdmit(desk.deps).admit()).toMatchObject({
      kind: 'refused',
      outcome: { kind: 'expired' },
    });
  });
});
