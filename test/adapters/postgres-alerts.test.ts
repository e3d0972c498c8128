import { afterAll, beforeAll, expect, test } from 'vitest';
import { createAlertStore, createAlerts } from '../../src/adapters/postgres/alerts.ts';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { anAlert } from '../support/alerts.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

let testDatabase: TestDatabase;
let worker: Database;
let gateway: Database;

beforeAll(async () => {
  testDatabase = await createDatabase();
  [worker, gateway] = await Promise.all([
    openDatabase(testDatabase.urls.worker, 'worker'),
    openDatabase(testDatabase.urls.gateway, 'gateway'),
  ]);
});
afterAll(async () => {
  await Promise.all([worker.close(), gateway.close()]);
  await testDatabase.drop();
});

const CART = { service: 'cart', environment: 'production' };
const keep = (...alerts: Parameters<ReturnType<typeof createAlertStore>['keep']>[0]) =>
  createAlertStore(gateway).keep(alerts);

test('a gateway keeps alerts, and a worker reads those of a place that began after a moment, the earliest first', async () => {
  const place = { service: 'checkout', environment: 'staging' };
  const early = anAlert({ ...place, fingerprint: 'a', startsAt: 1_000, receivedAt: 1_100 });
  const late = anAlert({
    ...place,
    fingerprint: 'b',
    startsAt: 2_000,
    receivedAt: 2_100,
    summary: undefined,
  });
  const elsewhere = anAlert({ ...CART, startsAt: 3_000, receivedAt: 3_100 });
  expect(
    await keep(
      { ...late, status: 'firing' },
      { ...early, status: 'firing' },
      { ...elsewhere, status: 'firing' },
    ),
  ).toBe(3);
  const { about } = createAlerts(worker);
  expect(await about(place, 0)).toEqual([early, late]);
  expect(await about(place, 1_000)).toEqual([late]);
  expect(await about({ ...place, environment: 'production' }, 0)).toEqual([]);
});

test('the same alert is one, however often it comes; its end is noted, and it keeps the time at which it came first', async () => {
  const alert = anAlert({ ...CART, fingerprint: 'c', startsAt: 10_000, receivedAt: 10_100 });
  expect(await keep({ ...alert, status: 'firing' })).toBe(1);
  expect(await keep({ ...alert, status: 'firing', receivedAt: 12_000 })).toBe(0);
  expect(await keep({ ...alert, status: 'resolved', endedAt: 13_000, receivedAt: 13_100 })).toBe(1);
  expect(await keep({ ...alert, status: 'resolved', endedAt: 13_000, receivedAt: 14_000 })).toBe(0);
  const { about } = createAlerts(worker);
  expect(await about(CART, 9_999)).toEqual([{ ...alert, endedAt: 13_000 }]);
  // It was heard of before, whatever its own clock says.
  expect(await about(CART, 10_000)).toEqual([]);
});

test('what came before the action is not read, even if it says that it began later', async () => {
  const ahead = anAlert({ ...CART, fingerprint: 'd', startsAt: 60_000, receivedAt: 50_000 });
  await keep({ ...ahead, status: 'firing' });
  const { about } = createAlerts(worker);
  expect(await about(CART, 49_999)).toEqual([ahead]);
  expect(await about(CART, 50_000)).toEqual([]);
});

test('a worker forgets what is old', async () => {
  const place = { service: 'catalog', environment: 'production' };
  await keep(
    {
      ...anAlert({ ...place, fingerprint: 'e', startsAt: 1_000_000, receivedAt: 1_000_000 }),
      status: 'firing',
    },
    {
      ...anAlert({ ...place, fingerprint: 'f', startsAt: 2_000_000, receivedAt: 2_000_000 }),
      status: 'firing',
    },
  );
  const { about, forget } = createAlerts(worker);
  await forget(2_000_000);
  expect(await about(place, 0)).toMatchObject([{ fingerprint: 'f' }]);
});
