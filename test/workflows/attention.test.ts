import { describe, expect, test } from 'vitest';
import { createAttentionRecords } from '../../src/adapters/postgres/attention.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { endOf } from '../support/agreement.ts';
import { freeAgents, testInstallation } from '../support/installation.ts';
import { orders } from '../support/orders.ts';
import { proposal } from '../support/proposals.ts';
import { useWorld } from '../support/world.ts';

const HOUR = 3_600_000;

const { rules, agents } = testInstallation().installation;

/** An agent for each test. Whoever approves in a test does so within moments. */
const world = useWorld({
  installation: () => ({
    agents: {
      ...agents,
      ...freeAgents(['repeating', 'recommending', 'asking', 'watched', 'unwatched']),
    },
    rules: {
      ...rules,
      attention: {
        repeatAfterDenialMs: 24 * HOUR,
        openPerAgent: 2,
        anomalies: { tooFast: { fasterThanMs: 5 * 60_000, times: 3, withinMs: HOUR } },
      },
    },
  }),
});

/** Runs at once on catalog, and after a window on cart. */
const by = (id: string, changes: Partial<Proposal> = {}) =>
  world().countersign.propose(proposal({ agent: { id, version: '1.0.0' }, ...changes }));
const ruledOn = (id: string, changes: Partial<Proposal> = {}) =>
  world().countersign.proposeAndRule(proposal({ agent: { id, version: '1.0.0' }, ...changes }));
const onCart = { target: 'cart', declaredTier: 3 } as const;

async function ran(id: string, person: string) {
  const action = await by(id, onCart);
  await world().decide(person, 'approve', action);
  expect(await endOf(world(), action)).toMatchObject({ kind: 'succeeded' });
  return action;
}

test('what a person denied is denied at once to that agent, under any key, with the reason, and nobody is asked', async () => {
  const denied = await by('repeating', { ...onCart, target: 'checkout' });
  await world().decide('grace', 'deny', denied);
  await denied.result();

  const again = await by('repeating', { target: 'checkout' });
  expect((await again.result()).outcome).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringMatching(
      new RegExp(`^grace denied the same at .*, as ${denied.actionId}: deny by grace; repeating does not`),
    ),
  });
  expect(world().mailsOf(again)).toEqual([]);
  expect(await world().ledgerOf(again)).toEqual(['ruled', 'closed']);
  await world().asked(proposal({ ...onCart, target: 'web', agent: { id: 'repeating', version: '1.0.0' } }));

  // Another agent may need it in an incident: it goes to people, who read why it was denied.
  const other = await by('cache-agent', { target: 'checkout' });
  await world().until(other, 'waiting');
  expect((await other.state()).ruling).toMatchObject({
    tier: 3,
    mode: 'executeWithApproval',
    deniedBefore: { actionId: denied.actionId, by: 'grace', reason: 'deny by grace' },
    breakGlass: expect.anything(),
  });
  await world().decide('grace', 'approve', other);
  expect(await endOf(world(), other)).toMatchObject({ kind: 'succeeded' });
  expect(world().mailsOf(other)[0]?.text).toMatch(
    /Denied before: grace denied the same at .*: deny by grace/,
  );
});

test('cancelling in time is no way around a denial', async () => {
  const asked = { target: 'web' } as const;
  for (const before of [undefined, true, true]) {
    const action = await by('repeating', asked);
    await world().until(action, 'waiting');
    expect((await action.state()).ruling?.deniedBefore?.cancelled).toBe(before);
    await action.cancel();
    await action.result();
  }
  const again = await by('repeating', asked);
  expect((await again.result()).outcome).toEqual({
    kind: 'deniedByPolicy',
    reason: expect.stringMatching(/^the side that asks cancelled the same at .*, and 3 times in all/),
  });
});

test('recommendations take places too, and more of them mail nobody', async () => {
  const asked = { ...onCart, declaredTier: 4 } as const;
  const actions = await Promise.all([1, 2, 3, 4, 5].map(() => by('recommending', asked)));
  const ends = await Promise.all(
    actions.map(async (action) => ({ action, kind: (await action.result()).outcome.kind })),
  );
  expect(ends.map(({ kind }) => kind).toSorted()).toEqual([
    'deniedByPolicy',
    'deniedByPolicy',
    'deniedByPolicy',
    'recommended',
    'recommended',
  ]);
  const mailed = ends.filter(({ action }) => world().mailsOf(action).length > 0);
  expect(mailed.map(({ kind }) => kind)).toEqual(['recommended', 'recommended']);
});

test('of ten that an agent asks for at once as many are open as it may have; closed, they make room', async () => {
  const rulings = await Promise.all(Array.from({ length: 10 }, () => ruledOn('asking', onCart)));
  const open = rulings.filter(({ ruling }) => ruling.kind === 'permit').map(({ action }) => action);
  expect(open).toHaveLength(2);
  const [first] = open;
  if (!first) throw new Error('nothing is open');
  await world().decide('edsger', 'approve', first);
  expect(await endOf(world(), first)).toMatchObject({ kind: 'succeeded' });
  expect(await ruledOn('asking', { ...onCart, target: 'web' })).toMatchObject({ ruling: { kind: 'permit' } });
  expect(await ruledOn('asking', onCart)).toMatchObject({
    ruling: {
      kind: 'forbid',
      outcome: 'deniedByPolicy',
      reasons: expect.arrayContaining([expect.stringMatching(/^at most 2 actions/)]),
    },
  });
});

describe('what is out of the ordinary', () => {
  test('is in the ledger with a hold that stops what runs by itself, and on-call is told', async () => {
    const approved = [await ran('watched', 'barbara'), await ran('watched', 'barbara')];
    expect(await world().countersign.holds()).toEqual([]);
    const last = await ran('watched', 'barbara');
    const [hold] = await world().countersign.holds();
    expect(hold).toMatchObject({
      scope: { kind: 'agent', agent: 'watched' },
      placedBy: 'the rule tooFast',
      autonomousOnly: true,
      reason: expect.stringMatching(/^barbara approved 3 actions within 1h, each less than 5m after/),
    });
    const holdId = hold?.id ?? '';
    const [entry] = await world().ledger.entriesOf(holdId);
    expect(entry).toMatchObject({
      kind: 'holdPlaced',
      body: {
        order: {
          evidence: [last, ...approved.toReversed()].map(({ actionId }) =>
            expect.objectContaining({ actionId }),
          ),
        },
      },
    });
    const subjects = world()
      .mailsOf(last)
      .map(({ subject }) => subject);
    expect(subjects).toContainEqual(expect.stringMatching(/^Out of the ordinary/));

    const alone = await by('watched');
    expect((await alone.result()).outcome).toMatchObject({ kind: 'held' });
    await ran('watched', 'edsger');
    await orders(world(), 'linus', { kind: 'lift', holdId, reason: 'she was awaiting them' });
    const freed = await by('watched');
    expect((await freed.result()).outcome).toMatchObject({ kind: 'succeeded' });
    expect(await world().countersign.holds()).toEqual([]);
  });

  test('that cannot be looked for stands in no action’s way', async () => {
    const attention = createAttentionRecords(world().database);
    const seenSince = () => Promise.reject(new Error('no such table'));
    await world().stopWorker();
    await world().startWorker({ attention: { ...attention, seenSince } });
    for (let n = 0; n < 3; n += 1) await ran('unwatched', 'margaret');
    expect(await world().countersign.holds()).toEqual([]);

    await world().stopWorker();
    await world().startWorker();
    await ran('unwatched', 'margaret');
    expect(await world().countersign.holds()).toMatchObject([
      { scope: { agent: 'unwatched' }, reason: expect.stringMatching(/^margaret approved 4 actions/) },
    ]);
  });
});
