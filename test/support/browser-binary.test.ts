import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBrowser } from './browser-binary.ts';

let root: string;
let bin: string;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-browser-'));
  bin = join(root, 'bin');
  await mkdir(bin);
  said = [];
});

afterEach(() => rm(root, { recursive: true }));

/** A shell script with the given lines. */
async function script(path: string, ...lines: string[]): Promise<string> {
  await writeFile(path, ['#!/bin/sh', 'PATH=/bin:/usr/bin', ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
}

const STARTS = 'echo "Chromium 156.0.0.0"';
/** What an installer leaves behind. */
const leaves = (path: string) => `printf '#!/bin/sh\\n${STARTS}\\n' > ${path}; chmod 755 ${path}`;

const find = (env: NodeJS.ProcessEnv = {}, isRoot = false) =>
  findBrowser((line) => said.push(line), {
    env: { PATH: bin, COUNTERSIGN_CACHE: join(root, 'cache'), ...env },
    usual: [join(root, 'usual')],
    isRoot,
  });

test('the browser that CHROMIUM names goes before the one on PATH, and that before the usual one', async () => {
  const [named, onPath, usual] = await Promise.all(
    ['named', 'bin/chromium', 'usual'].map((path) => script(join(root, path), STARTS)),
  );
  expect(await find({ CHROMIUM: named })).toBe(named);
  expect(await find()).toBe(onPath);
  expect(await find({ PATH: '' })).toBe(usual);
  expect(said).toEqual([]);
});

test('one that does not start is passed over, for another one or for one that is installed', async () => {
  const fails = 'echo "libnss3.so: cannot open shared object file" >&2; exit 127';
  const broken = await script(join(root, 'broken'), fails);
  await script(join(bin, 'chromium'), fails);
  const other = await script(join(bin, 'google-chrome'), STARTS);
  expect(await find({ CHROMIUM: broken })).toBe(other);
  await rm(other);
  await script(join(bin, 'npx'), leaves(join(root, 'usual')));
  expect(await find({ CHROMIUM: broken })).toBe(join(root, 'usual'));
});

test('root gets it with apt-get, and is told so', async () => {
  const log = join(root, 'log');
  await script(
    join(bin, 'apt-get'),
    `echo "$@" >> ${log}`,
    `[ $1 = update ] || { ${leaves(join(bin, 'chromium'))}; }`,
  );
  expect(await find({}, true)).toBe(join(bin, 'chromium'));
  expect(said).toEqual(['Installing Chromium: apt-get install --yes --no-install-recommends chromium']);
});

test('whoever is not root gets it from Playwright, or else from npm, and then from the cache', async () => {
  await script(join(bin, 'apt-get'), `touch ${join(root, 'asked')}`);
  await script(join(bin, 'npx'), 'echo "getaddrinfo ENOTFOUND" >&2; exit 1');
  const shipped = join(root, 'cache/browser/node_modules/@sparticuz/chromium/bin');
  await mkdir(shipped, { recursive: true });
  await writeFile(join(shipped, 'chromium.br'), await promisify(brotliCompress)(`#!/bin/sh\n${STARTS}\n`));
  await script(join(bin, 'npm'), 'exit 0');
  const cached = join(root, 'cache/browser/chromium');
  expect(await find()).toBe(cached);
  expect(said).toHaveLength(2);
  expect(await find({ PATH: '' })).toBe(cached);
  expect(said).toHaveLength(2);
});

test('where nothing helps, one sentence says what would, and what was tried', async () => {
  await script(join(bin, 'npx'), 'echo "Failed to download Chrome" >&2; exit 1');
  await expect(find()).rejects.toThrow(
    /^The tests need a browser, and there is no Chromium here that starts: install Chromium or Google Chrome, or name one in CHROMIUM\. Tried:\n/,
  );
  const reasons = await find().catch((error: Error) => error.message);
  expect(reasons).toMatch(/- CHROMIUM: none that starts\n/);
  expect(reasons).toMatch(/- apt-get: it needs root\n/);
  expect(reasons).toMatch(/- Playwright's installer: Failed to download Chrome\n/);
  expect(reasons).toMatch(/- npm, @sparticuz\/chromium@[\d.]+: there is no npm$/);
});
