import { createLocalJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect, test } from 'vitest';
import {
  keySetWith,
  newTokenKey,
  permissionIn,
  signToken,
  type TemporalPermission,
} from '../../src/cli/temporal-auth.ts';

const NOW = new Date('2026-11-29T12:00:00Z');
const MAY_WRITE: TemporalPermission = { namespace: 'countersign', role: 'write' };
const token = async (key = newTokenKey(), days = 30) =>
  signToken(await key, { subject: 'gateway', permissions: [MAY_WRITE], days, now: NOW });

test("a token says whose it is, what it permits and until when, as Temporal's default claim mapper reads it", async () => {
  const key = newTokenKey();
  const keys = createLocalJWKSet(JSON.parse(keySetWith(undefined, await key)));
  const { payload } = await jwtVerify(await token(key), keys, { currentDate: NOW });
  expect(payload).toEqual({
    sub: 'gateway',
    permissions: ['countersign:write'],
    iat: NOW.getTime() / 1000,
    exp: NOW.getTime() / 1000 + 30 * 24 * 3600,
  });
});

test('it is signed as the server takes it: ES256, with the id of the key', async () => {
  const key = newTokenKey();
  expect(decodeProtectedHeader(await token(key))).toEqual({ alg: 'ES256', kid: (await key).kid });
});

test('the key set has the public half of the key, and nothing of the private one', async () => {
  const { d, ...publicHalf } = await newTokenKey();
  const text = keySetWith(undefined, { d, ...publicHalf });
  expect(JSON.parse(text)).toEqual({ keys: [{ ...publicHalf, alg: 'ES256', use: 'sig' }] });
  expect(text).not.toContain(d);
});

test('a second key joins the first, so that the tokens of both count until the first is taken out', async () => {
  const first = newTokenKey();
  const second = newTokenKey();
  const both = JSON.parse(keySetWith(keySetWith(undefined, await first), await second));
  for (const key of [first, second])
    await expect(
      jwtVerify(await token(key), createLocalJWKSet(both), { currentDate: NOW }),
    ).resolves.toBeTruthy();
  const secondAlone = createLocalJWKSet({ keys: both.keys.slice(1) });
  await expect(jwtVerify(await token(first), secondAlone)).rejects.toThrow('no applicable key');
});

test('a token of a key that is not in the set, and one that has ended, count for nothing', async () => {
  const keys = createLocalJWKSet(JSON.parse(keySetWith(undefined, await newTokenKey())));
  await expect(jwtVerify(await token(), keys, { currentDate: NOW })).rejects.toThrow('no applicable key');
  const key = newTokenKey();
  const set = createLocalJWKSet(JSON.parse(keySetWith(undefined, await key)));
  const later = new Date(NOW.getTime() + 31 * 24 * 3600_000);
  await expect(jwtVerify(await token(key), set, { currentDate: later })).rejects.toThrow('"exp" claim');
});

test.each(['{}', '[]', 'no json', '{"keys":[{"kty":"EC"}]}'])('%s is no key set to add to', async (text) => {
  const key = await newTokenKey();
  expect(() => keySetWith(text, key)).toThrow('is no set of public keys');
});

test.each([
  ['countersign:read', { namespace: 'countersign', role: 'read' }],
  ['temporal-system:admin', { namespace: 'temporal-system', role: 'admin' }],
])('%s is a permission', (text, permission) => {
  expect(permissionIn(text)).toEqual(permission);
});

test.each([
  ['countersign', /such as countersign:write/],
  [':write', /such as countersign:write/],
  ['countersign:Write', /read, write or admin/],
  // Temporal knows it, and its default authorizer lets nobody do anything with it.
  ['countersign:worker', /a worker needs write/],
])('%s is none, and what would pass is said', (text, reason) => {
  expect(() => permissionIn(text)).toThrow(reason);
});
