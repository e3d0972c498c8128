import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createWitness } from '../../src/adapters/witness/witness.ts';
import { freePorts } from '../../src/dev/ports.ts';
import { cosignedBy, parseCheckpoint, signCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { leafHash } from '../../src/domain/ledger/tree/merkle.ts';
import { ED25519, parseVkey, verifierOf, vkeyOf } from '../../src/domain/ledger/tree/signed-note.ts';
import { asProcess } from './cli.ts';
import { run } from './command.ts';
import { PATIENCE } from './support.ts';

const LOG = { name: 'storefront', seed: new Uint8Array(32).fill(1) };
const LOG_KEY = vkeyOf(verifierOf(LOG, ED25519));
const NOTE = signCheckpoint({ origin: 'storefront', size: 1, root: leafHash(Uint8Array.of(1)) }, LOG);

async function newState(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'witness-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, 'east');
}

/** Starts `countersign witness`, and waits until it listens. */
async function started(state: string, ...args: readonly string[]) {
  const [port] = await freePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const { child, ended } = run(
    'cli/main.js',
    [...['witness', '--state', state, '--log', LOG_KEY, '--listen', `127.0.0.1:${port}`], ...args],
    { PATH: process.env.PATH ?? '' },
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await vi.waitFor(async () => expect((await fetch(url)).status).toBe(404), PATIENCE);
  const stop = async () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { url, stop };
}

test('a witness makes its key at the first start, cosigns, and is the same one after the next start', async () => {
  const state = await newState();
  const first = await started(state, '--name', 'witness.example/east');
  const key = parseVkey(/^Witness {2}(\S+)$/m.exec(await firstAnswer(first))?.[1] ?? '');
  if (!key) throw new Error('it printed no verifier key');
  expect(key.name).toBe('witness.example/east');
  expect((await stat(join(state, 'key.json'))).mode & 0o777).toBe(0o600);

  const again = await started(state);
  expect(await createWitness({ url: again.url, key }).ask(0, [], NOTE)).toEqual({
    kind: 'sawOther',
    size: 1,
  });
  const { status, stdout } = await again.stop();
  expect(status).toBe(0);
  expect(stdout).toContain(vkeyOf(key));
});

/** Has a witness cosign a checkpoint, ends it, and returns what it printed. */
async function firstAnswer({ url, stop }: Awaited<ReturnType<typeof started>>): Promise<string> {
  const anyKey = verifierOf(LOG, ED25519);
  const answer = await createWitness({ url, key: anyKey }).ask(0, [], NOTE);
  const { stdout } = await stop();
  const key = parseVkey(/^Witness {2}(\S+)$/m.exec(stdout)?.[1] ?? '');
  const read = parseCheckpoint(`${NOTE}${answer.kind === 'answered' ? answer.lines : ''}`);
  expect(read.kind === 'checkpoint' && key && cosignedBy(read.note, key).kind).toBe('signed');
  return stdout;
}

test.each([
  ['without a name at the first start', [], /name its key with --name/],
  ['with a name that no key can have', ['--name', 'east 1'], /name its key with --name/],
  [
    'with a log that is none',
    ['--name', 'east', '--log', 'storefront'],
    /is not the verifier key of a ledger/,
  ],
])('it does not start %s', async (_, args, reason) => {
  const { status, stderr } = await asProcess(['witness', '--state', await newState(), ...args], {}, '');
  expect(stderr).toMatch(reason);
  expect(status).toBe(2);
});

test('it does not start under another name than that of its key', async () => {
  const state = await newState();
  await (await started(state, '--name', 'east')).stop();
  const { status, stderr } = await asProcess(['witness', '--state', state, '--name', 'west'], {}, '');
  expect(stderr).toContain('is the key of east: another name needs another --state');
  expect(status).toBe(2);
});
