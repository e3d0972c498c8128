import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBinaries } from '../../benchmarks/production-server/binaries.ts';
import { configOf, dynamicConfigFile, PORTS_NEEDED } from '../../benchmarks/production-server/config.ts';

const HERE = `${process.platform}-${process.arch}`;
const SERVER = `temporal-server-1.32.0-${HERE}`;
const SQL_TOOL = `temporal-sql-tool-1.32.0-${HERE}`;
let root: string;
let cache: string;
let said: string[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'production-server-'));
  cache = join(root, 'cache');
  said = [];
});
afterEach(() => rm(root, { recursive: true }));

const find = (path = '') => findBinaries((line) => said.push(line), { PATH: path, COUNTERSIGN_CACHE: cache });

/** Stands in for the Go toolchain: writes a program to where `-o` says, where go.mod pins the server's version. */
async function go(): Promise<string> {
  const folder = join(root, 'go');
  await mkdir(folder);
  const lines = [
    '#!/bin/sh',
    'PATH=/bin:/usr/bin',
    'grep -q "go.temporal.io/server v1.32.0 " go.mod && grep -q "^go.temporal.io/server v1.32.0 h1:" go.sum || exit 1',
    'while [ "$1" != -o ]; do shift; done',
    'echo "$3" > "$2"',
    'chmod 755 "$2"',
  ];
  await writeFile(join(folder, 'go'), lines.join('\n'), { mode: 0o755 });
  return folder;
}

test('the server and its tool are built from the pinned module once, and then taken from the cache', async () => {
  const built = { server: join(cache, SERVER), sqlTool: join(cache, SQL_TOOL) };
  expect(await find(await go())).toEqual(built);
  expect(await find()).toEqual(built);
  expect((await readdir(cache)).sort()).toEqual([SERVER, SQL_TOOL].sort());
  expect(said).toEqual([
    expect.stringMatching(/^building the production Temporal server with Go: /),
    expect.stringMatching(/^building the production Temporal server's SQL tool with Go: /),
  ]);
});

test('without Go one message says what is missing, where, and what helps', async () => {
  await expect(find()).rejects.toThrow(
    `the production Temporal server 1.32.0 is not at ${join(cache, SERVER)} yet, and cannot be built: ` +
      'go does not run: spawn go ENOENT. Go 1.26.8 or newer on PATH builds it (https://go.dev/dl). ' +
      'Without --server production nothing is built.',
  );
  expect(await readdir(cache)).toEqual([]);
});

test('it has four shards, a port of its own for each service, and the settings of the development server', () => {
  const ports = Array.from({ length: PORTS_NEEDED }, (_, n) => 20_000 + n);
  const config = configOf({ ports, postgres: 'postgresql://me:secret@127.0.0.1:5/x', dynamicConfig: 'file' });
  expect(config).toMatchObject({
    persistence: {
      numHistoryShards: 4,
      datastores: { main: { sql: { connectAddr: '127.0.0.1:5', user: 'me', password: 'secret' } } },
    },
    services: {
      frontend: { rpc: { grpcPort: 20_000, membershipPort: 20_001 } },
      worker: { rpc: { grpcPort: 20_006, membershipPort: 20_007 } },
    },
  });
  expect(dynamicConfigFile()).toMatchObject({
    'history.timerProcessorMaxTimeShift': [{ value: '10ms' }],
    'matching.numTaskqueueReadPartitions': [{ value: 1 }],
  });
});
