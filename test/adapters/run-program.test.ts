import { expect, test } from 'vitest';
import { runProgram } from '../../src/adapters/run-program.ts';

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
