import { execFile } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createLocalJWKSet, type JWTPayload, jwtVerify } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';
import { searchAttributes } from '../../src/contract/search-attributes.ts';
import { requireBuild } from '../e2e/support.ts';
import { REPOSITORY, services, text } from './deployment.ts';

const { temporal, 'temporal-namespace': namespaceJob } = services();
const environmentOf = (name: string) => services()[name]?.environment ?? {};

describe('the Temporal server', () => {
  const { environment = {}, volumes = [], ports = [] } = temporal ?? {};

  test('lets nobody do anything without a token', () => {
    expect(environment).toMatchObject({
      TEMPORAL_AUTH_AUTHORIZER: 'default',
      TEMPORAL_AUTH_CLAIM_MAPPER: 'default',
    });
    expect(Object.keys(environment)).not.toContain('TEMPORAL_ALLOW_NO_AUTH');
  });

  test('reads the public keys, and is not given the private one', () => {
    const keySource = environment.TEMPORAL_JWT_KEY_SOURCE1 ?? '';
    const mounts = volumes.flatMap((volume) => (typeof volume === 'string' ? [] : [volume]));
    expect(mounts.map(({ target }) => `file://${target}`)).toEqual([keySource]);
    expect(mounts.map(({ source }) => source)).toEqual(['./temporal-auth/jwks.json']);
  });

  test('has for its own workers a frontend that asks for no token, and that is not published', () => {
    expect(environment.USE_INTERNAL_FRONTEND).toBe('true');
    expect(environment.TEMPORAL_SERVICES?.split(',').sort()).toEqual(
      ['frontend', 'history', 'internal-frontend', 'matching', 'worker'].sort(),
    );
    expect(ports.map((port) => port.split(':').at(-1))).toEqual(['7233']);
  });
});

test('the namespace is set up with every search attribute, as a worker whose token may not do it would', () => {
  const script = text('temporal-docker/temporal/namespace.sh');
  const registered = [...script.matchAll(/--name (\w+) --type (\w+)/g)].map(([, name, type]) => [name, type]);
  const types = { INT: 'Int', KEYWORD: 'Keyword', DATETIME: 'Datetime' };
  expect(registered).toEqual(Object.values(searchAttributes).map(({ name, type }) => [name, types[type]]));
  expect(namespaceJob?.volumes).toContain('./temporal/namespace.sh:/setup/namespace.sh:ro');
});

test('a token is sent in plain text only where compose.yaml itself says where to', () => {
  for (const name of ['worker', 'gateway', 'temporal-namespace'])
    expect(environmentOf(name)).toMatchObject({ TEMPORAL_ADDRESS: 'temporal:7233', TEMPORAL_TLS: 'false' });
  expect(text('temporal-docker/worker.yaml')).toMatch(/^ +TEMPORAL_TLS:$/m);
});

test('the UI is given the token that may read in the place of what a browser sends', () => {
  const proxy = text('temporal-docker/temporal/ui.conf.template');
  expect(proxy).toContain('proxy_set_header Authorization "Bearer ${TEMPORAL_API_KEY}";');
  expect(services()['temporal-ui']?.ports).toBeUndefined();
});

describe('tokens.sh', () => {
  let folder: string;
  const SERVICES = ['worker', 'gateway', 'temporal-ui-proxy', 'temporal-namespace'];

  /** Runs it in a copy of its folder, with the built command in the place of the image. */
  const tokens = (...args: string[]) =>
    promisify(execFile)('sh', [join(folder, 'tokens.sh'), ...args], {
      env: { PATH: process.env.PATH, COUNTERSIGN: `node ${join(REPOSITORY, 'dist/cli/main.js')}` },
    });

  async function claimsOf(token: string): Promise<JWTPayload> {
    const keys = JSON.parse(await readFile(join(folder, 'temporal-auth/jwks.json'), 'utf8'));
    return (await jwtVerify(token, createLocalJWKSet(keys))).payload;
  }

  /** What each service is given as TEMPORAL_API_KEY, by way of .env. */
  async function given(): Promise<Record<string, string>> {
    const written = await readFile(join(folder, '.env'), 'utf8');
    return Object.fromEntries(
      SERVICES.map((name) => {
        const variable = /^\$\{(\w+):/.exec(environmentOf(name).TEMPORAL_API_KEY ?? '')?.[1];
        const lines = [...written.matchAll(new RegExp(`^${variable}=(.+)$`, 'gm'))];
        expect(lines, variable).toHaveLength(1);
        return [name, lines[0]?.[1] ?? ''];
      }),
    );
  }

  beforeAll(async () => {
    await requireBuild();
    folder = await mkdtemp(join(tmpdir(), 'tokens-'));
    await copyFile(join(REPOSITORY, 'temporal-docker/tokens.sh'), join(folder, 'tokens.sh'));
    await copyFile(join(REPOSITORY, 'temporal-docker/.env.example'), join(folder, '.env'));
    await tokens();
    return () => rm(folder, { recursive: true });
  });

  test('gives each service what it needs and no more, under its own name', async () => {
    const claims = await Promise.all(
      Object.entries(await given()).map(async ([name, token]) => [name, await claimsOf(token)] as const),
    );
    expect(claims.map(([name, { sub, permissions }]) => [name, sub, permissions])).toEqual([
      ['worker', 'worker', ['countersign:write']],
      ['gateway', 'gateway', ['countersign:write']],
      ['temporal-ui-proxy', 'temporal-ui', ['temporal-system:read']],
      ['temporal-namespace', 'temporal-namespace', ['temporal-system:admin']],
    ]);
  });

  test('keeps the private key to its owner, and lets the server read the public ones', async () => {
    const modeOf = async (file: string) => (await stat(join(folder, file))).mode & 0o777;
    expect(await modeOf('temporal-auth')).toBe(0o700);
    expect(await modeOf('temporal-auth/key.json')).toBe(0o600);
    expect(await modeOf('temporal-auth/jwks.json')).toBe(0o644);
  });

  test('run again, renews the tokens for as many days as it is told, and leaves the rest of .env alone', async () => {
    const before = await given();
    const { stdout, stderr } = await tokens('--days', '7');
    expect([stdout, stderr]).toEqual(['', expect.not.stringContaining('eyJ')]);
    const after = await given();
    for (const name of SERVICES) {
      const { iat = 0, exp = 0 } = await claimsOf(after[name] ?? '');
      expect(exp - iat).toBe(7 * 24 * 3600);
      expect(after[name]).not.toBe(before[name]);
    }
    const without = (env: string) => env.replace(/^TEMPORAL_API_KEY\w*=.*\n/gm, '');
    expect(without(await readFile(join(folder, '.env'), 'utf8'))).toBe(
      without(text('temporal-docker/.env.example')),
    );
  });

  test('signs a token for somebody else, and writes that nowhere', async () => {
    const env = await readFile(join(folder, '.env'), 'utf8');
    const { stdout } = await tokens('grace', '--permit', 'countersign:read', '--days', '1');
    expect(await claimsOf(stdout.trim())).toMatchObject({ sub: 'grace', permissions: ['countersign:read'] });
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe(env);
  });

  test('writes nothing where a token cannot be signed', async () => {
    const env = await readFile(join(folder, '.env'), 'utf8');
    await expect(tokens('--days', 'many')).rejects.toThrow(/whole number/);
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe(env);
  });
});
