import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createWitness } from '../../src/adapters/witness/witness.ts';
import { serveWitness } from '../../src/adapters/witness/witness-server.ts';
import { openWitnessState } from '../../src/adapters/witness/witness-state.ts';
import { cosignedBy, parseCheckpoint, signCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { consistencyRanges, EMPTY, grow, leafHash, rootOf } from '../../src/domain/ledger/tree/merkle.ts';
import {
  COSIGNATURE,
  ED25519,
  type SignerKey,
  type VerifierKey,
  verifierOf,
} from '../../src/domain/ledger/tree/signed-note.ts';
import { serve } from './serve.ts';

const LOG: SignerKey = { name: 'storefront', seed: new Uint8Array(32).fill(1) };
const EAST: SignerKey = { name: 'witness.example/east', seed: new Uint8Array(32).fill(2) };
const KEY: VerifierKey = verifierOf(EAST, COSIGNATURE);
/** 2026-11-30, in milliseconds since the epoch. */
const NOW = 1_796_000_000_000;

const leaves = (count: number, salt = 0) =>
  Array.from({ length: count }, (_, n) => leafHash(Uint8Array.of(salt, n)));
const rootOver = (hashes: readonly Uint8Array[]) => rootOf(hashes.reduce(grow, EMPTY));
const noteOf = (hashes: readonly Uint8Array[]) =>
  signCheckpoint({ origin: 'storefront', size: hashes.length, root: rootOver(hashes) }, LOG);
const proofOf = (old: number, hashes: readonly Uint8Array[]) =>
  consistencyRanges(old, hashes.length).map(({ from, to }) => rootOver(hashes.slice(from, to)));

async function newFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'witness-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A witness that runs over a folder, and what it reported. */
async function witnessOver(folder: string) {
  const reported: string[] = [];
  const server = await serveWitness({
    address: '127.0.0.1:0',
    key: EAST,
    logs: [verifierOf(LOG, ED25519)],
    state: await openWitnessState(folder),
    now: () => NOW,
    report: (line) => reported.push(line),
  });
  onTestFinished(() => server.close());
  return { ...createWitness({ url: server.url, key: KEY }), reported, url: server.url, close: server.close };
}

/** When the lines are a cosignature of the witness, in seconds since the epoch. */
function cosignedAt(note: string, answer: Awaited<ReturnType<ReturnType<typeof createWitness>['ask']>>) {
  const read = parseCheckpoint(`${note}${answer.kind === 'answered' ? answer.lines : ''}`);
  if (read.kind === 'malformed') throw new Error(read.reason);
  return cosignedBy(read.note, KEY);
}

test('a witness cosigns, over HTTP, each checkpoint that goes on from the one before, also after it was started again', async () => {
  const folder = await newFolder();
  const first = await witnessOver(folder);
  const all = leaves(9);
  const note = noteOf(all.slice(0, 4));
  expect(cosignedAt(note, await first.ask(0, [], note))).toEqual({ kind: 'signed', time: NOW / 1_000 });
  await first.close();

  const again = await witnessOver(folder);
  expect(await again.ask(0, [], noteOf(all))).toEqual({ kind: 'sawOther', size: 4 });
  const whole = noteOf(all);
  expect(cosignedAt(whole, await again.ask(4, proofOf(4, all), whole)).kind).toBe('signed');
  expect(cosignedAt(whole, await again.ask(9, [], whole)).kind).toBe('signed');
  expect(again.reported).toEqual([]);
});

test('of two histories it cosigns one, keeps the other as evidence, and says so', async () => {
  const folder = await newFolder();
  const witness = await witnessOver(folder);
  await witness.ask(0, [], noteOf(leaves(4)));
  const other = noteOf(leaves(4, 1));
  expect(await witness.ask(4, [], other)).toEqual({ kind: 'sawOther', size: 4 });
  const anew = leaves(9, 1);
  expect(await witness.ask(4, proofOf(4, anew), noteOf(anew))).toMatchObject({
    kind: 'contradicts',
    reason: expect.stringMatching(/422.*does not go on/),
  });
  expect(witness.reported).toEqual([
    expect.stringContaining('storefront signed a checkpoint that does not go on'),
  ]);
  const files = await readdir(folder);
  const evidence = files.find((file) => file.endsWith('.conflict')) ?? '';
  expect(await readFile(join(folder, evidence), 'utf8')).toBe(other);
});

test('of requests that come at once, none takes back what another was promised', async () => {
  const witness = await witnessOver(await newFolder());
  const all = leaves(40);
  const answers = await Promise.all(all.map((_, n) => witness.ask(0, [], noteOf(all.slice(0, n + 1)))));
  const cosigned = answers.flatMap((answer, n) => (answer.kind === 'answered' ? [n + 1] : []));
  expect(cosigned).toHaveLength(1);
  expect(answers.filter(({ kind }) => kind === 'sawOther')).toHaveLength(39);
});

test('a witness that cannot read what it saw cosigns nothing', async () => {
  const folder = await newFolder();
  const witness = await witnessOver(folder);
  await witness.ask(0, [], noteOf(leaves(4)));
  const [file = ''] = (await readdir(folder)).filter((name) => name.endsWith('.checkpoint'));
  await writeFile(join(folder, file), 'torn');
  expect(await witness.ask(4, proofOf(4, leaves(9)), noteOf(leaves(9)))).toMatchObject({
    kind: 'refused',
    reason: expect.stringContaining('500'),
  });
});

test('what is no request to a witness is told so', async () => {
  const { url } = await witnessOver(await newFolder());
  const post = (path: string, body: string) => fetch(`${url}${path}`, { method: 'POST', body });
  expect((await post('/add-checkpoint', 'anything')).status).toBe(400);
  expect((await post('/add-checkpoint', 'x'.repeat(70_000))).status).toBe(413);
  expect((await post('/other', '')).status).toBe(404);
  expect((await fetch(`${url}/add-checkpoint`)).status).toBe(404);
});

test.each([['is away', 'http://127.0.0.1:9', /cannot be reached/]])(
  'a witness that %s is told as such',
  async (_, url, reason) => {
    const answer = await createWitness({ url, key: KEY }).ask(0, [], noteOf(leaves(1)));
    expect(answer).toMatchObject({ kind: 'refused', reason: expect.stringMatching(reason) });
  },
);

test('a witness that answers with an error page is told as such, in one line', async () => {
  const server = await serve((response) => response.writeHead(503).end('<h1>away</h1>\nfor maintenance'));
  const answer = await createWitness({ url: server.url, key: KEY }).ask(0, [], noteOf(leaves(1)));
  expect(answer.kind === 'refused' && answer.reason).toMatch(/^503.*away/);
});
