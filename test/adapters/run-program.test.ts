import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hiddenFile, runProgram } from '../../src/adapters/run-program.ts';

const env = { PATH: process.env.PATH };
const kindOfInput = ['sh', '-c', 'test -S /dev/stdin && echo socket || echo no socket; cat'];

// A shell of some distributions takes a socket for a remote login, and then reads the start-up files of its user.
test.each([
  ['without input', {}, 'no socket\n'],
  ['with input', { input: 'a question\n' }, 'no socket\na question\n'],
])('a program %s has no socket as its input', async (_, options, output) => {
  expect(await runProgram(kindOfInput, env, 10_000, options)).toMatchObject({ kind: 'exited', output });
});

test('an input that is larger than a pipe holds comes whole, and need not be read', async () => {
  const input = 'x'.repeat(3_000_000);
  expect(await runProgram(['wc', '-c'], env, 10_000, { input })).toMatchObject({
    output: expect.stringMatching(/^\s*3000000\n$/),
  });
  expect(await runProgram(['true'], env, 10_000, { input })).toMatchObject({ kind: 'exited', status: 0 });
});

test('a file without a name is written by one program and read by the next, and nobody else finds it', async () => {
  const input = await hiddenFile();
  onTestFinished(() => input.close());
  await runProgram(['sh', '-c', 'echo a plan > /dev/fd/0'], env, 10_000, { input });
  expect(await runProgram(['cat', '/dev/fd/0'], env, 10_000, { input })).toMatchObject({
    output: 'a plan\n',
  });
});

test('a program that is asked to end by another signal has the time for it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'stop-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const script = `trap 'sleep 1; echo ended > ${folder}/end; exit 0' INT; touch ${folder}/began; while true; do sleep 0.1; done`;
  const stop = { signal: 'SIGINT', graceMs: 60_000 } as const;
  expect(await runProgram(['sh', '-c', script], env, 1_000, { stop })).toMatchObject({ kind: 'tooLong' });
  expect((await readdir(folder)).sort()).toEqual(['began', 'end']);
});
