import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Leases } from '../../src/activities/ports/leases.ts';
import { createLeases } from '../../src/adapters/postgres/leases.ts';
import { createLedger, type PostgresLedger } from '../../src/adapters/postgres/ledger.ts';
import { describeHold, type Hold } from '../../src/domain/admission/hold.ts';
import { checkChain } from '../../src/domain/ledger/ledger.ts';
import { ruledBody } from '../support/ledger-bodies.ts';
import { busy, createStore, everything, fact, leased, type Store } from './postgres-support.ts';

let store: Store;
let ledger: PostgresLedger;
let leases: Leases;

beforeAll(async () => {
  store = await createStore();
  const database = await store.open();
  ledger = createLedger(database);
  leases = createLeases(database);
});

beforeEach(() => store.clear());

afterAll(() => store.remove());

const ruledOn = (actionId: string, at: number, action = {}) =>
  fact(actionId, {
    eventId: `${actionId}/run/ruled`,
    at,
    body: ruledBody({ action: { target: 'checkout', ...action } }),
  });

const intent = (actionId: string, run = 'run') =>
  fact(actionId, { eventId: `${actionId}/${run}/admitted`, kind: 'admitted' });

const outcome = (actionId: string, run = 'run') =>
  fact(actionId, { eventId: `${actionId}/${run}/closed`, kind: 'closed' });

const acquire = (actionId: string, { by = leases, target = 'checkout', run = 'run' } = {}) =>
  by.acquire(
    { action: leased(actionId, { target }), at: 1, limits: [] },
    intent(actionId, run),
    outcome(actionId, run).eventId,
  );

const release = (actionId: string, { by = leases, target = 'checkout', hold = false, run = 'run' } = {}) =>
  by.release(
    { action: leased(actionId, { target }), hold: hold ? holdOf(actionId, target) : undefined },
    outcome(actionId, run),
  );

/** What stays behind where an action could not be taken back. */
const holdOf = (actionId: string, service = 'checkout'): Hold => ({
  id: `${actionId}/run`,
  scope: { kind: 'service', service, environment: 'production' },
  placedBy: `action/${actionId}`,
  reason: 'it could not be taken back',
  at: 1,
});

const held = (actionId: string) => ({ kind: 'held', reason: describeHold(holdOf(actionId)) });

const recorded = async () => (await everything(ledger)).map(({ eventId }) => eventId);

/** By the n-th lease on a target: the token after it is for taking back what it did. */
const acquired = (n: number) => ({ kind: 'acquired', fencingToken: 2 * n });

test('the first action to ask gets the target, and its intent is in the ledger', async () => {
  expect(await acquire('one')).toEqual(acquired(1));
  expect(await recorded()).toEqual(['one/run/admitted']);
});

test('the same action asking again gets the same token, and its intent is one entry', async () => {
  await acquire('one');
  expect(await Promise.all([acquire('one'), acquire('one')])).toEqual([acquired(1), acquired(1)]);
  expect(await recorded()).toEqual(['one/run/admitted']);
});

test('an action that is closed gets no lease: nobody would release it', async () => {
  await release('one');
  await expect(acquire('one')).rejects.toThrow(/too late/);
  expect(await Promise.allSettled([release('two'), acquire('two')])).toMatchObject([
    { status: 'fulfilled' },
    { status: 'rejected' },
  ]);
  expect(await acquire('three')).toEqual(acquired(1));
  expect(await recorded()).toEqual(['one/run/closed', 'two/run/closed', 'three/run/admitted']);
});

test('another action is told who has the target, and its intent is not recorded', async () => {
  await acquire('one');
  expect(await acquire('two')).toEqual(busy('one'));
  expect(await recorded()).toEqual(['one/run/admitted']);
});

test('each target has a lease of its own', async () => {
  await acquire('one');
  expect(await acquire('two', { target: 'cart' })).toEqual(acquired(1));
});

test('a released target is free for the next action, which gets a higher token', async () => {
  await acquire('one');
  await release('one');
  expect(await acquire('two')).toEqual(acquired(2));
  expect(await recorded()).toEqual(['one/run/admitted', 'one/run/closed', 'two/run/admitted']);
});

test('a release by somebody else is recorded and releases nothing', async () => {
  await acquire('one');
  await release('two');
  expect(await acquire('four')).toEqual(busy('one'));
  expect(await recorded()).toEqual(['one/run/admitted', 'two/run/closed']);
});

test('what could not be taken back once its lease was gone, as after a reset, is on hold all the same', async () => {
  await acquire('one');
  await release('one');
  await acquire('two');
  await release('one', { run: 'reset', hold: true });
  expect(await acquire('three')).toEqual(held('one'));
  expect(await recorded()).toEqual([
    'one/run/admitted',
    'one/run/closed',
    'two/run/admitted',
    'one/reset/closed',
  ]);
});

test('a target on hold is refused to everybody, its last holder too, and no intent is recorded', async () => {
  await acquire('one');
  await release('one', { hold: true });
  expect(await acquire('two')).toEqual(held('one'));
  expect(await acquire('one', { run: 'later' })).toEqual(held('one'));
  expect(await recorded()).toEqual(['one/run/admitted', 'one/run/closed']);
});

test('a later release does not lift a hold', async () => {
  await acquire('one');
  await release('one', { hold: true });
  await release('one', { run: 'later' });
  expect(await acquire('two')).toEqual(held('one'));
});

test('a release that is repeated late does not release what the action has taken since', async () => {
  await acquire('one');
  await release('one');
  expect(await acquire('one', { run: 'later' })).toEqual(acquired(2));
  await release('one');
  expect(await acquire('two')).toEqual(busy('one'));
});

test('an intent that is repeated after the release takes nothing', async () => {
  await acquire('one');
  await release('one');
  await expect(acquire('one')).rejects.toThrow('comes too late');
  expect(await acquire('two')).toEqual(acquired(2));
});

test('where the intent is refused nothing is taken, where the outcome is refused nothing is released', async () => {
  await ledger.append({ ...intent('one'), body: 'something else' });
  await expect(acquire('one')).rejects.toThrow('with other content');
  expect(await acquire('two')).toEqual(acquired(1));

  await ledger.append({ ...outcome('two'), body: 'something else' });
  await expect(release('two')).rejects.toThrow('with other content');
  expect(await acquire('three')).toEqual(busy('two'));
});

test('what is asked at once is decided one after the other', async () => {
  const answers = await Promise.all([
    acquire('one'),
    acquire('two'),
    release('one'),
    acquire('three'),
    release('three', { hold: true }),
    acquire('four'),
  ]);
  expect(answers).toEqual([acquired(1), busy('one'), undefined, acquired(2), undefined, held('three')]);
  expect(await acquire('five')).toEqual(held('three'));
});

test('of many workers racing for a target exactly one gets it', async () => {
  const workers = await Promise.all(Array.from({ length: 8 }, store.open));
  const answers = await Promise.all(
    workers.map((worker, i) => acquire(`action-${i}`, { by: createLeases(worker) })),
  );
  const winners = answers.flatMap(({ kind }, i) => (kind === 'acquired' ? [`action-${i}`] : []));
  expect(winners).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === 'busy')).toEqual(Array(7).fill(busy(winners[0])));
  expect(await recorded()).toEqual([`${winners[0]}/run/admitted`]);
});

test('under contention no two actions have a target at a time, and its tokens only grow', async () => {
  const workers = await Promise.all(Array.from({ length: 4 }, store.open));
  const targets = ['cart', 'web'];
  const holders = new Map<string, string>();
  const tokens = new Map<string, number[]>(targets.map((target) => [target, []]));

  const govern = async (by: Leases, target: string, actionId: string) => {
    for (;;) {
      const answer = await acquire(actionId, { by, target });
      if (answer.kind !== 'acquired') continue;
      expect(holders.get(target)).toBeUndefined();
      holders.set(target, actionId);
      tokens.get(target)?.push(answer.fencingToken);
      await ledger.append(fact(actionId));
      holders.delete(target);
      return release(actionId, { by, target });
    }
  };
  await Promise.all(
    workers.flatMap((worker, w) =>
      targets.flatMap((target, t) =>
        [1, 2, 3].map((n) => govern(createLeases(worker), target, `action-${w}-${t}-${n}`)),
      ),
    ),
  );

  for (const seen of tokens.values()) expect(seen).toEqual(Array.from({ length: 12 }, (_, i) => 2 * (i + 1)));
  expect(checkChain(await everything(ledger))).toMatchObject({ kind: 'intact', head: { seq: 72 } });
});

test('who has a target now is told to whoever asks, until it is released', async () => {
  await acquire('one');
  await acquire('two', { target: 'cart' });
  await acquire('three', { target: 'web' });
  await release('three', { target: 'web' });
  const targets = ['production/checkout', 'production/web', 'production/catalog', 'staging/cart'];
  expect(await leases.holders(targets)).toEqual([{ actionId: 'one', target: 'production/checkout' }]);
  expect(await leases.holders([])).toEqual([]);
});

test('what takes an action back gets the target only while nothing else was admitted there since', async () => {
  await ledger.append(ruledOn('first', 10));
  await ledger.append({ ...intent('first'), at: 10 });
  const takingBack = {
    ...leased('~back~first~1'),
    takesBack: { actionId: 'first', digest: 'd', admittedAt: 10 },
  };
  const ask = () =>
    leases.acquire({ action: takingBack, at: 40, limits: [] }, intent('~back~first~1'), 'never');
  await ledger.append(ruledOn('elsewhere', 20, { target: 'cart' }));
  await ledger.append({ ...intent('elsewhere'), at: 20 });
  expect(await ask()).toEqual(acquired(1));
  await release('~back~first~1');
  await ledger.append(ruledOn('second', 30));
  await ledger.append({ ...intent('second'), at: 30 });
  expect(await ask()).toMatchObject({
    kind: 'overtaken',
    reason: expect.stringMatching(/^second ran there/),
  });
});
