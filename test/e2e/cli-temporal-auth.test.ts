import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { Cli } from './cli.ts';
import { requireBuild } from './support.ts';

let folder: string;
const file = (name: string) => join(folder, name);
const cli = new Cli(() => ({}));
const makeKey = (name: string) =>
  cli.json(['temporal-auth', 'key', '--out', file(`${name}.json`), '--jwks', file('jwks.json')]);

beforeAll(async () => {
  await requireBuild();
  folder = await mkdtemp(join(tmpdir(), 'temporal-auth-'));
  await makeKey('key');
  return () => rm(folder, { recursive: true });
});

const sign = (subject: string, ...more: string[]) => [
  'temporal-auth',
  'token',
  subject,
  '--key',
  file('key.json'),
  ...more,
];

test('the key is for its owner alone, and the set of public keys for everybody', async () => {
  expect((await stat(file('key.json'))).mode & 0o777).toBe(0o600);
  expect((await stat(file('jwks.json'))).mode & 0o044).toBe(0o044);
});

test('a token is all that is written, so that a shell can take it', async () => {
  const written = await cli.answer(sign('worker', '--permit', 'countersign:write', '--days', '7'));
  const keys = createLocalJWKSet(JSON.parse(await readFile(file('jwks.json'), 'utf8')));
  const { payload } = await jwtVerify(written.trimEnd(), keys);
  expect(payload).toMatchObject({ sub: 'worker', permissions: ['countersign:write'] });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(7 * 24 * 3600);
});

test('with --json it says until when it counts: for a year, unless told otherwise', async () => {
  const { token, until, ...rest } = await cli.json(sign('ui', '--permit', 'a:read', 'b:read'));
  expect(rest).toEqual({ subject: 'ui', permissions: ['a:read', 'b:read'] });
  expect(Date.parse(until) - Date.now()).toBeGreaterThan(364 * 86_400_000);
  expect(token.split('.')).toHaveLength(3);
});

test('a second key joins the set, in the same file', async () => {
  const { ino } = await stat(file('jwks.json'));
  const { kid } = await makeKey('second');
  const { keys } = JSON.parse(await readFile(file('jwks.json'), 'utf8'));
  expect(keys).toHaveLength(2);
  expect(keys[1]).toMatchObject({ kid });
  expect((await stat(file('jwks.json'))).ino).toBe(ino);
});

test('no key is overwritten, and none is made beside a set that is none', async () => {
  const kept = await readFile(file('key.json'), 'utf8');
  const args = (out: string, jwks: string) => [
    'temporal-auth',
    'key',
    '--out',
    file(out),
    '--jwks',
    file(jwks),
  ];
  await cli.expectRefused(2, /cannot be written/, args('key.json', 'jwks.json'));
  expect(await readFile(file('key.json'), 'utf8')).toBe(kept);
  await writeFile(file('other.json'), '{}');
  await cli.expectRefused(2, /--jwks names is no set of public keys/, args('third.json', 'other.json'));
  await expect(stat(file('third.json'))).rejects.toThrow('ENOENT');
});

test.each([
  ['a role that Temporal does not know', ['--permit', 'countersign:signer'], /read, write or admin/],
  ['no permission at all', [], /--permit/],
  ['no time', ['--permit', 'a:read', '--days', '0'], /whole number from 1/],
  ['a key that is none', ['--permit', 'a:read', '--key', '/dev/null'], /--key names is no key/],
  ['a key that is not there', ['--permit', 'a:read', '--key', '/nowhere'], /there is no key at/],
])('no token is signed with %s', (_, more, reason) => cli.expectRefused(2, reason, sign('worker', ...more)));
