import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { REPOSITORY } from './deployment.ts';

const FILES = ['pin.sh', 'compose.yaml', 'worker.yaml', 'Dockerfile'];
const DIGEST = /@sha256:[0-9a-f]{64}/g;
const NEW = `sha256:${'c0ffee'.padEnd(64, '0')}`;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pin-'));
  await mkdir(join(folder, 'bin'));
  for (const file of FILES) await copyFile(join(REPOSITORY, 'temporal-docker', file), join(folder, file));
});

afterEach(() => rm(folder, { recursive: true }));

/** Runs pin.sh with a stand-in for `docker` that answers every question with this line. */
async function pin(answer: string): Promise<{ asked: string[]; files: string[] }> {
  const script = `#!/bin/sh\necho "$*" >> asked\necho "${answer}"\n`;
  await writeFile(join(folder, 'bin/docker'), script, { mode: 0o755 });
  await promisify(execFile)('sh', [join(folder, 'pin.sh')], {
    env: { PATH: `${join(folder, 'bin')}:/usr/bin:/bin` },
  });
  const files = await Promise.all(FILES.slice(1).map((file) => readFile(join(folder, file), 'utf8')));
  return { asked: (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n'), files };
}

test('pin.sh asks for the digest of each tag, and writes it in the place of the one that is there', async () => {
  const before = await Promise.all(FILES.slice(1).map((file) => readFile(join(folder, file), 'utf8')));
  const { asked, files } = await pin(NEW);
  expect(files).toEqual(before.map((text) => text.replace(DIGEST, `@${NEW}`)));
  expect(files.join('').match(DIGEST)?.length).toBeGreaterThan(6);
  expect(asked).toContain('buildx imagetools inspect postgres:18.6 --format {{.Manifest.Digest}}');
  expect(asked.join('\n')).not.toContain('countersign-worker');
});

test('pin.sh pins a tag that has no digest yet', async () => {
  const compose = join(folder, 'compose.yaml');
  const text = await readFile(compose, 'utf8');
  await writeFile(compose, text.replace(DIGEST, ''));
  const { files } = await pin(NEW);
  expect(files[0]).toBe(text.replace(DIGEST, `@${NEW}`));
});

test('pin.sh writes nothing where docker names no digest', async () => {
  const before = await readFile(join(folder, 'compose.yaml'), 'utf8');
  await expect(pin('no such manifest')).rejects.toThrow(/has no digest/);
  expect(await readFile(join(folder, 'compose.yaml'), 'utf8')).toBe(before);
});
