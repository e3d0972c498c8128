import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { expect, onTestFinished, test } from 'vitest';
import type { Io } from '../../src/cli/cli-command.ts';
import { run } from '../../src/cli/run.ts';
import { shippedNames } from '../../src/exercise/shipped.ts';

/** What `countersign exercise` says, in this process. None of these starts a server. */
async function exercise(...args: string[]) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const io: Io = { env: {}, stdin: Readable.from([]), stdout, stderr };
  await run(['exercise', ...args], io);
  return { status: io.exitCode ?? 0, said: String(stdout.read() ?? ''), errors: String(stderr.read() ?? '') };
}

test('lists what ships', async () => {
  const { status, said } = await exercise('--list');
  expect(status).toBe(0);
  for (const name of await shippedNames()) expect(said).toContain(name);
  expect(said).toContain('A bad deploy at 3:47');
});

test.each([
  ['no scenario', [], 'name a scenario: a file, or one of bad-deploy, compromised-agent'],
  [
    'an unknown one',
    ['nightmare'],
    'there is no file nightmare, and no scenario of that name ships: bad-deploy',
  ],
  ['a year of another folder', ['--year', '--installation', '.'], '--year is of the shop that ships'],
  ['a year of nothing', ['--year', 'none'], 'It must be a number from 1 to 99999.'],
])('with %s, says what would pass, with status 2', async (_, args, message) => {
  const { status, errors } = await exercise(...args);
  expect(errors).toContain(message);
  expect(status).toBe(2);
});

test('names every fault of a scenario with its line, with status 1', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'exercise-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'night.yaml');
  await writeFile(file, 'title: a night\nbegins: tonight\nlasts: 9h\nproposals: []\n');
  const { status, said } = await exercise(file);
  expect(status).toBe(1);
  expect(said).toContain(`${file}:2:1: begins: must be a time with its zone`);
  expect(said).toContain(`${file}:4:1: proposals: is empty: write at least one`);
  expect(said).toContain(`2 faults in ${file}`);
});
