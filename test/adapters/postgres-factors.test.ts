import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/adapters/postgres/database.ts';
import { createFactors } from '../../src/adapters/postgres/factors.ts';
import type { Challenge, Passkey } from '../../src/gateway/ports/factors.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';

const NOW = 1_800_000_000_000;

let testDatabase: TestDatabase;
let database: Database;
beforeAll(async () => {
  testDatabase = await createDatabase();
  database = await openDatabase(testDatabase.urls.gateway, 'gateway');
});
afterAll(async () => {
  await database.close();
  await testDatabase.drop();
});

const factors = () => createFactors(database);

const challenge = (changes: Partial<Challenge> = {}): Challenge => ({
  challenge: crypto.randomUUID(),
  person: 'ada',
  session: 'a session',
  about: 'approve one action',
  expiresAt: NOW + 1,
  ...changes,
});

describe('a challenge', () => {
  test('is taken once', async () => {
    const asked = challenge();
    await factors().keepChallenge(asked);
    expect(await factors().takeChallenge(asked, NOW)).toBe(true);
    expect(await factors().takeChallenge(asked, NOW)).toBe(false);
  });

  test('is taken once by however many come at the same time', async () => {
    const asked = challenge();
    await factors().keepChallenge(asked);
    const taken = await Promise.all(Array.from({ length: 20 }, () => factors().takeChallenge(asked, NOW)));
    expect(taken.filter(Boolean)).toHaveLength(1);
  });

  const others: [string, Partial<Challenge>, number][] = [
    ['by another person', { person: 'grace' }, NOW],
    ['in another session', { session: 'another session' }, NOW],
    ['for something else', { about: 'deny one action' }, NOW],
    ['once its time is over', {}, NOW + 1],
  ];
  test.each(others)('is not taken %s, and is gone then', async (_what, changes, at) => {
    const asked = challenge();
    await factors().keepChallenge(asked);
    expect(await factors().takeChallenge({ ...asked, ...changes }, at)).toBe(false);
    expect(await factors().takeChallenge(asked, NOW)).toBe(false);
  });
});

const passkey = (counter: number): Passkey => ({
  credentialId: crypto.randomUUID(),
  person: 'ada',
  publicKey: new Uint8Array([1, 2, 255]),
  counter,
  transports: ['internal'],
  name: 'a phone',
  addedAt: NOW,
});

describe('a passkey', () => {
  test('is kept as it is, for its person', async () => {
    const own = passkey(3);
    await factors().addPasskey(own);
    expect(await factors().passkeysOf('ada')).toContainEqual(own);
    expect(await factors().passkeysOf('grace')).toEqual([]);
    expect(await factors().removePasskey('grace', own.credentialId, NOW)).toBe(false);
    expect(await factors().removePasskey('ada', own.credentialId, NOW)).toBe(true);
  });

  test('that was used somewhere else meanwhile is not used: a copy of it shows', async () => {
    const own = passkey(3);
    await factors().addPasskey(own);
    expect(await factors().usePasskey(own, 4, NOW)).toBe(true);
    expect(await factors().usePasskey(own, 4, NOW)).toBe(false);
  });
});

describe('an authenticator app', () => {
  const totp = { secret: 'sealed', lastStep: 0, failures: 0, lockedUntil: 0 };

  test('that somebody began with before there was a passkey is not confirmed after it', async () => {
    await factors().proposeTotp('edsger', totp, []);
    await factors().proposeTotp('margaret', totp, []);
    await factors().changeTotp('margaret', 'a session', NOW, (known) => ({
      result: undefined,
      totp: { ...totp, ...known, confirmedAt: NOW },
    }));
    await factors().addPasskey({ ...passkey(0), person: 'edsger' });
    await factors().addPasskey({ ...passkey(0), person: 'margaret' });
    expect(await factors().totpOf('edsger')).toBeUndefined();
    expect(await factors().totpOf('margaret')).toMatchObject({ confirmedAt: NOW });
  });

  test('is begun only by who knows of every passkey that there is', async () => {
    const own = { ...passkey(0), person: 'radia' };
    await factors().addPasskey(own);
    expect(await factors().proposeTotp('radia', totp, [])).toBe(false);
    expect(await factors().totpOf('radia')).toBeUndefined();
    expect(await factors().proposeTotp('radia', totp, [own])).toBe(true);
  });

  test('that somebody begins with while a passkey is being added is not begun', async () => {
    const own = { ...passkey(0), person: 'ken' };
    const blocker = await database.pool.connect();
    const blocked = async (count: number) => {
      const { rows } = await database.pool.query(
        'select from pg_stat_activity where datname = current_database() and cardinality(pg_blocking_pids(pid)) > 0',
      );
      expect(rows).toHaveLength(count);
    };
    await blocker.query('begin');
    // Whoever adds a credential that another transaction has not committed yet waits for that.
    await blocker.query(
      `insert into countersign_passkeys (credential_id, person, public_key, counter, transports, name, added_at)
       values ($1, 'nobody', '', 0, '{}', '', 0)`,
      [own.credentialId],
    );
    const adding = factors().addPasskey(own);
    await vi.waitFor(() => blocked(1)).catch(() => undefined);
    const beginning = factors().proposeTotp('ken', totp, []);
    await vi.waitFor(() => blocked(2)).catch(() => undefined);
    await blocker.query('rollback');
    blocker.release();
    await adding;
    expect(await beginning).toBe(false);
    expect(await factors().totpOf('ken')).toBeUndefined();
  });

  test('takes the place of one that was never confirmed, and of no other', async () => {
    expect(await factors().proposeTotp('barbara', totp, [])).toBe(true);
    expect(await factors().proposeTotp('barbara', { ...totp, secret: 'another' }, [])).toBe(true);
    await factors().changeTotp('barbara', 'a session', NOW, (known) => ({
      result: undefined,
      ...(known ? { totp: { ...known, confirmedAt: NOW } } : {}),
    }));
    expect(await factors().proposeTotp('barbara', { ...totp, secret: 'a third' }, [])).toBe(false);
    expect(await factors().totpOf('barbara')).toMatchObject({ secret: 'another', confirmedAt: NOW });
  });

  test('counts each wrong code, however many come at the same time', async () => {
    await factors().proposeTotp('linus', totp, []);
    const fail = () =>
      factors().changeTotp('linus', 'a session', NOW, (known) => ({
        result: undefined,
        ...(known ? { totp: { ...known, failures: known.failures + 1 } } : {}),
      }));
    await Promise.all(Array.from({ length: 30 }, fail));
    const known = await factors().changeTotp('linus', 'a session', NOW, (totp) => ({ result: totp }));
    expect(known?.failures).toBe(30);
    // Another session has none of its own, and hears of these for a day.
    const other = (now: number) =>
      factors().changeTotp('linus', 'another', now, (totp) => ({ result: totp }));
    expect(await other(NOW)).toMatchObject({ failures: 0, lockedUntil: 0, others: { failures: 30 } });
    expect(await other(NOW + 24 * 3_600_000)).toMatchObject({ others: { failures: 0 } });
  });
});
