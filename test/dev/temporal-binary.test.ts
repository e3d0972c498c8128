import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { freePorts } from '../../src/dev/ports.ts';
import { findTemporal } from '../../src/dev/temporal-binary.ts';

const HERE = `${process.platform}-${process.arch}`;
const CACHED = `temporal-1.9.1-${HERE}`;
/** Of no archive that is served here. */
const PINNED = '09a0326a51db84d02735e53542b9ebd8c4758daf47482a9ab0abce15844e60d5';
let root: string;
let cache: string;
let nowhere: string;
let said: string[];
const servers: Server[] = [];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'find-temporal-'));
  cache = join(root, 'cache');
  nowhere = `http://127.0.0.1:${(await freePorts(1))[0]}/archive`;
  said = [];
});

afterEach(async () => {
  for (const server of servers.splice(0)) server.close();
  await rm(root, { recursive: true });
});

const find = (env: NodeJS.ProcessEnv, archives = nowhere, checksum: string | undefined = PINNED) =>
  findTemporal((line) => said.push(line), {
    env: { PATH: '', COUNTERSIGN_CACHE: cache, ...env },
    archives,
    checksums: { [HERE]: checksum },
  });

/** An archive of a release as it is downloaded, and its SHA-256. */
async function release(): Promise<{ archive: Buffer; checksum: string }> {
  await temporal('release');
  const file = join(root, 'release.tar.gz');
  await promisify(execFile)('tar', ['-czf', file, '-C', join(root, 'release'), 'temporal']);
  const archive = await readFile(file);
  return { archive, checksum: createHash('sha256').update(archive).digest('hex') };
}

/** A shell script with the given lines, in a folder of its own. */
async function script(folder: string, name: string, ...lines: string[]): Promise<string> {
  await mkdir(join(root, folder), { recursive: true });
  const path = join(root, folder, name);
  await writeFile(path, ['#!/bin/sh', 'PATH=/bin:/usr/bin', ...lines, ''].join('\n'), { mode: 0o755 });
  return path;
}

const temporal = (folder: string, server = '1.32.0', name = 'temporal') =>
  script(folder, name, `echo "temporal version 0.0.0-DEV (Server ${server}, UI 2.54.1)"`);

/** Stands in for the Go toolchain: writes a working binary to where `-o` says. */
const go = () =>
  script(
    'go',
    'go',
    'while [ "$1" != -o ]; do shift; done',
    'grep -q "^require github.com/temporalio/cli v1.9.1" go.mod || exit 1',
    'printf "#!/bin/sh\\necho \'temporal version 0.0.0-DEV (Server 1.32.0, UI 2.54.1)\'\\n" > "$2"',
    'chmod 755 "$2"',
  );

async function serve(body: Buffer): Promise<{ archives: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(body);
  });
  servers.push(server);
  const [port] = await freePorts(1);
  await new Promise<void>((listening) => server.listen(port, '127.0.0.1', listening));
  return { archives: `http://127.0.0.1:${port}/archive`, asked };
}

test('TEMPORAL_CLI goes before PATH, PATH before the cache', async () => {
  const named = await temporal('named');
  const onPath = await temporal('path');
  const cached = await temporal('cache', '1.32.0', CACHED);
  expect(await find({ TEMPORAL_CLI: named, PATH: join(root, 'path') })).toBe(named);
  expect(await find({ PATH: join(root, 'path') })).toBe(onPath);
  expect(await find({})).toBe(cached);
  expect(said).toEqual([]);
});

test('a binary whose server is too old is passed over with a word', async () => {
  const old = await temporal('path', '1.31.4');
  const cached = await temporal('cache', '1.32.0', CACHED);
  expect(await find({ PATH: join(root, 'path') })).toBe(cached);
  expect(said).toEqual([`temporal on PATH is passed over: ${old} has server 1.31.4, older than 1.32`]);
});

test.each(['1.32.0', '1.32.0-158.0', '1.100.0', '2.0.1'])('server %s is new enough', async (version) => {
  const named = await temporal('named', version);
  expect(await find({ TEMPORAL_CLI: named })).toBe(named);
});

test.each(['1.31.99', '1.9.0', '0.40.0'])('server %s is too old', async (version) => {
  const named = await temporal('named', version);
  await expect(find({ TEMPORAL_CLI: named })).rejects.toThrow(
    `${named} has server ${version}, older than 1.32`,
  );
});

test('the version is read from what an older CLI prints, too', async () => {
  const named = await script(
    'named',
    'temporal',
    'echo "temporal version 0.13.0 (server 1.24.0) (ui 2.25.0)"',
  );
  await expect(find({ TEMPORAL_CLI: named })).rejects.toThrow('has server 1.24.0, older than 1.32');
});

test('what names no server, or does not run, is passed over', async () => {
  const other = await script('named', 'temporal', 'echo "Temporal 7"');
  const onPath = await script('path', 'temporal', 'exit 3');
  const cached = await temporal('cache', '1.32.0', CACHED);
  expect(await find({ TEMPORAL_CLI: other, PATH: join(root, 'path') })).toBe(cached);
  expect(said).toEqual([
    expect.stringContaining(`${other} printed no server version: "Temporal 7"`),
    expect.stringContaining(onPath),
  ]);
});

test('a release is downloaded once, into the cache', async () => {
  const { archive, checksum } = await release();
  const { archives, asked } = await serve(archive);
  expect(await find({}, archives, checksum)).toBe(join(cache, CACHED));
  expect(await find({}, archives, checksum)).toBe(join(cache, CACHED));
  expect(asked).toEqual([expect.stringMatching(/^\/archive\/v1\.9\.1\?platform=\w+&arch=\w+$/)]);
  expect(await readdir(cache)).toEqual([CACHED]);
});

test('a release that is not the pinned one is never unpacked, and a build with Go takes its place', async () => {
  const { archive, checksum } = await release();
  const { archives } = await serve(archive);
  await go();
  await find({ PATH: join(root, 'go') }, archives);
  expect(said).toContainEqual(
    `a download from ${archives} is passed over: the archive for ${HERE} has the SHA-256 ${checksum}, and ${PINNED} is expected: it was changed, or is cut short`,
  );
  expect(said).toContainEqual(expect.stringContaining('building the Temporal server with Go'));
  expect(await readdir(cache)).toEqual([CACHED]);
});

test('where no checksum is known nothing is downloaded', async () => {
  const { archive } = await release();
  const { archives, asked } = await serve(archive);
  const answer = findTemporal((line) => said.push(line), {
    env: { PATH: '', COUNTERSIGN_CACHE: cache },
    archives,
    checksums: {},
  });
  await expect(answer).rejects.toThrow(
    `a download from ${archives}: the checksum of the archive for ${HERE} is not known`,
  );
  expect(asked).toEqual([]);
});

test('a download that is no archive is passed over and leaves nothing behind', async () => {
  const { archives } = await serve(Buffer.from('<h1>Please sign in to this network</h1>'));
  await expect(find({}, archives)).rejects.toThrow(
    `a download from ${archives}: the archive for ${HERE} has`,
  );
  expect(await readdir(cache)).toEqual([]);
});

test('without a download it is built with Go, also by two at once', async () => {
  await go();
  const env = { PATH: join(root, 'go') };
  expect(await Promise.all([find(env), find(env)])).toEqual([join(cache, CACHED), join(cache, CACHED)]);
  expect(said).toContainEqual(expect.stringContaining('building the Temporal server with Go'));
  expect(await readdir(cache)).toEqual([CACHED]);
});

test('a Go that is too old is quoted', async () => {
  const complaint = 'go: go.mod requires go >= 1.26.8 (running go 1.22.0; GOTOOLCHAIN=local)';
  await script('go', 'go', `echo "${complaint}" >&2`, 'exit 1');
  await expect(find({ PATH: join(root, 'go') })).rejects.toThrow(
    `a build with Go: go ended with 1: ${complaint}`,
  );
  expect(await readdir(cache)).toEqual([]);
});

test('when nothing works, one error lists all that was tried and what to install', async () => {
  const error = await find({}).catch((failure: Error) => failure.message);
  expect(String(error).split('\n')).toEqual([
    'No Temporal server of 1.32 or newer was found. Tried:',
    '  - TEMPORAL_CLI: not there',
    '  - temporal on PATH: not there',
    `  - the cache, ${join(cache, CACHED)}: not there`,
    expect.stringMatching(
      /^ {2}- a download from http:\/\/127\.0\.0\.1:\d+\/archive: fetch failed: .*ECONNREFUSED/,
    ),
    '  - a build with Go: go does not run: spawn go ENOENT',
    'Any of these helps:',
    expect.stringContaining('Temporal CLI 1.9.1 or newer'),
    expect.stringContaining('Go (https://go.dev/dl)'),
    expect.stringContaining('TEMPORAL_ADDRESS'),
  ]);
});
