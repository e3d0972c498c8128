import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { findTofu } from './opentofu-binary.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'find-tofu-'));
  onTestFinished(() => rm(folder, { recursive: true }));
});

async function program(name: string, script: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, `#!/bin/sh\n${script}\n`);
  await chmod(path, 0o755);
  return path;
}
const find = (env: NodeJS.ProcessEnv = {}) =>
  findTofu(() => {}, { COUNTERSIGN_CACHE: join(folder, 'cache'), PATH: `${folder}:/usr/bin:/bin`, ...env });

test('the one that is named in TOFU is used', async () => {
  const TOFU = await program('mine', 'echo OpenTofu');
  expect(await find({ TOFU })).toBe(TOFU);
});

test('files of tests that need it at once have it built once', async () => {
  // `go build -v -ldflags FLAGS -o OUTPUT PACKAGE`
  await program('go', `echo built >> ${folder}/builds; cp ${await program('new', 'echo OpenTofu')} "$6"`);
  const [one, other] = await Promise.all([find(), find()]);
  expect(one).toBe(other);
  expect(await find()).toBe(one);
  expect(await readFile(join(folder, 'builds'), 'utf8')).toBe('built\n');
});

test('where there is none, all that was tried is said, and what helps', async () => {
  await program('go', 'echo "go: no network" >&2; exit 1');
  await expect(find({ TOFU: join(folder, 'nowhere') })).rejects.toThrow(
    /TOFU: .*nowhere[\s\S]*the cache, .*: not there[\s\S]*a build with Go: .*no network[\s\S]*name an OpenTofu 1\.12\.6/,
  );
});
