import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createMailCopies } from '../../src/adapters/checkpoint-copies.ts';
import { startOutbox } from '../../src/dev/outbox.ts';
import { Cli } from '../e2e/cli.ts';
import { testInstallation } from '../support/installation.ts';
import {
  chained,
  checkpointOf,
  erased,
  exported,
  factOf,
  LOG,
  ledgerOf,
  POLICY,
  proved,
  THIEF,
  WITNESSES,
} from './ledger-files.ts';

const SECOND = fileURLToPath(new URL('../../tools/check_ledger.py', import.meta.url));
const cli = new Cli(() => ({}));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  await writeFile(join(folder, 'policy'), POLICY);
});
afterAll(() => rm(folder, { recursive: true }));

interface Trusted {
  readonly policy?: true;
  /** A checkpoint that somebody kept. */
  readonly kept?: string;
}

/** What both verifiers find, where they agree. */
async function both(text: string, { policy, kept }: Trusted = {}) {
  const file = join(folder, 'ledger');
  await writeFile(file, text);
  if (kept !== undefined) await writeFile(join(folder, 'kept'), kept);
  const trust = [
    ...(policy ? ['--policy', join(folder, 'policy')] : []),
    ...(kept === undefined ? [] : ['--checkpoint', join(folder, 'kept')]),
  ];
  const ours = await cli.run(['ledger', 'check', file, ...trust, '--json']);
  const theirs = await python([file, ...trust]);
  const { kind, seq, entries, erased: gone, checkpoint, reason } = JSON.parse(ours.stdout || ours.stderr);
  const found = {
    kind,
    seq,
    entries,
    erased: gone,
    witnesses: checkpoint?.witnesses.length,
    size: checkpoint?.size,
  };
  const second = JSON.parse(theirs.stdout);
  const place = [seq, second.seq].includes(undefined) ? undefined : second.seq;
  expect(
    {
      kind: second.kind,
      // A line that is no entry may be found to be one of a wrong hash, and the other way round: only one of them names a place then.
      seq: place ?? found.seq,
      entries: second.entries,
      erased: second.erased,
      witnesses: second.witnesses,
      size: second.size,
    },
    `${reason} / ${second.reason}`,
  ).toEqual(found);
  expect(theirs.status).toBe(ours.status);
  return { ...found, status: ours.status, reason: String(reason) };
}

const python = (args: readonly string[]) =>
  new Promise<{ status: number; stdout: string }>((resolve, reject) =>
    execFile('python3', [SECOND, ...args], (error, stdout, stderr) => {
      const status = error === null ? 0 : error.code;
      if (typeof status === 'number' && stdout !== '') resolve({ status, stdout });
      else reject(new Error(stderr, { cause: error }));
    }),
  );

const SIZE = 21;
const ledger = ledgerOf(SIZE);
const checkpoint = checkpointOf(ledger);
const [witness] = WITNESSES;
const twoWitnesses = WITNESSES.slice(0, 2);

describe('two verifiers, written apart in two languages, agree on a good ledger', () => {
  test('that was never signed: unanchored', async () => {
    expect(await both(exported(ledger, undefined))).toMatchObject({
      kind: 'unanchored',
      entries: SIZE,
      status: 0,
    });
  });

  test('without an entry', async () => {
    expect(await both(exported([], undefined))).toMatchObject({ kind: 'unanchored', entries: 0, status: 0 });
  });

  test('that its log alone signed: consistent but unwitnessed', async () => {
    expect(await both(exported(ledger, checkpoint))).toMatchObject({
      kind: 'unwitnessed',
      size: SIZE,
      status: 0,
    });
  });

  test('that witnesses saw: witnessed by as many as the policy knows, and enough or not', async () => {
    const seen = (witnesses: typeof WITNESSES) =>
      both(exported(ledger, checkpointOf(ledger, SIZE, { witnesses })), { policy: true });
    expect(await seen(twoWitnesses)).toMatchObject({ kind: 'witnessed', witnesses: 2, status: 0 });
    expect(await seen(WITNESSES.slice(0, 1))).toMatchObject({ kind: 'witnessed', witnesses: 1, status: 1 });
    expect(await seen([{ ...LOG, name: 'unknown.example' }])).toMatchObject({
      kind: 'unwitnessed',
      status: 1,
    });
  });

  test('of which a part is newer than its checkpoint, older than salts, or erased', async () => {
    const old = ledgerOf(SIZE, 9);
    expect(await both(exported(old, checkpointOf(old, 12)))).toMatchObject({
      kind: 'unwitnessed',
      size: 12,
      entries: SIZE,
    });
    const some = ledger.map((entry, n) => (n % 4 === 1 ? erased(entry) : entry));
    expect(await both(exported(some, checkpoint))).toMatchObject({ kind: 'unwitnessed', erased: 5 });
  });

  test('of every size', async () => {
    for (const count of [1, 2, 3, 4, 7, 8, 9, 16, 17]) {
      const some = ledger.slice(0, count);
      expect(await both(exported(some, checkpointOf(some)))).toMatchObject({
        kind: 'unwitnessed',
        entries: count,
      });
    }
  });

  test('and on the proof of one action in it', async () => {
    expect(await both(proved(ledger, 'agent-0.key', checkpoint))).toMatchObject({
      kind: 'unwitnessed',
      entries: 11,
      status: 0,
    });
    const some = ledger.map((entry, n) => (n === 4 ? erased(entry) : entry));
    const seen = checkpointOf(ledger, SIZE, { witnesses: twoWitnesses });
    expect(await both(proved(some, 'agent-0.key', seen), { policy: true })).toMatchObject({
      kind: 'witnessed',
      witnesses: 2,
      erased: 1,
    });
  });
});

const lines = (text: string) => text.split('\n').slice(0, -1);
const joined = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
const good = lines(exported(ledger, checkpoint));

describe('and on a broken one', () => {
  test('any byte that is another', async () => {
    // Of one entry each byte, of the others one here and there.
    const text = joined(good);
    const start = good.slice(0, 3).join('\n').length + 1;
    const end = start + (good[3]?.length ?? 0);
    const places = Array.from({ length: 60 }, (_, i) => start + Math.floor(((end - start) * i) / 60));
    const elsewhere = Array.from({ length: 20 }, (_, i) => end + 40 + i * 211);
    for (const at of [...places, ...elsewhere]) {
      const bytes = Buffer.from(text);
      if (at >= bytes.length || bytes[at] === 10) continue;
      bytes[at] = bytes[at] === 55 ? 56 : 55;
      const { kind, status } = await both(bytes.toString());
      expect([at, kind, status]).toEqual([at, 'broken', 1]);
    }
  });

  test.each<[string, readonly string[], number | undefined]>([
    ['an entry that was dropped', good.toSpliced(9, 1), 9],
    ['the first entry dropped', good.toSpliced(1, 1), 1],
    ['two entries swapped', good.with(5, good[6] ?? '').with(6, good[5] ?? ''), 5],
    ['an entry twice', good.toSpliced(9, 0, good[8] ?? ''), 9],
    [
      'an entry put in',
      good.toSpliced(9, 0, lines(exported(chained([factOf(99)], 0, ledger[7]), undefined))[1] ?? ''),
      10,
    ],
    ['the tail cut', good.slice(0, -2), undefined],
    ['all entries cut', good.slice(0, 1), undefined],
    ['an empty line', good.toSpliced(4, 0, ''), undefined],
    ['a line of something else', good.with(4, '{"entry":"{}","payload":null}'), undefined],
  ])('%s', async (_, changed, seq) => {
    expect(await both(joined(changed))).toMatchObject({ kind: 'broken', seq, status: 1 });
  });

  test('a payload that belongs to another entry, and one without its salt', async () => {
    const payloads = good.slice(1).map((line) => JSON.parse(line));
    const swapped = JSON.stringify({ ...payloads[3], payload: payloads[4].payload });
    expect(await both(joined(good.with(4, swapped)))).toMatchObject({ kind: 'broken', seq: 4 });
    const bare = JSON.stringify({ ...payloads[3], payload: '{"body":null}' });
    expect(await both(joined(good.with(4, bare)))).toMatchObject({ kind: 'broken' });
  });

  test('a checkpoint with another size, another root, another name or a broken signature', async () => {
    for (const [from, to] of [
      [`${SIZE}\n`, `${SIZE + 1}\n`],
      ['storefront\n', 'storehouse\n'],
      ['— storefront ', '— storehouse '],
    ] as const)
      expect(await both(exported(ledger, checkpoint.replace(from, to)))).toMatchObject({ kind: 'broken' });
    const other = checkpointOf(ledgerOf(SIZE, 1));
    expect(await both(exported(ledger, other))).toMatchObject({ kind: 'broken' });
  });

  test('all re-chained and signed with another key: by the policy', async () => {
    const forged = ledgerOf(SIZE, 2);
    const text = exported(forged, checkpointOf(forged, SIZE, { key: THIEF }), THIEF);
    expect(await both(text)).toMatchObject({ kind: 'unwitnessed', status: 0 });
    expect(await both(text, { policy: true })).toMatchObject({ kind: 'broken', status: 1 });
  });

  test('all re-chained and signed with the stolen key: by the checkpoint that a witness kept', async () => {
    const seen = checkpointOf(ledger, 15, { witnesses: twoWitnesses });
    const forged = chained([
      ...Array.from({ length: 10 }, (_, n) => factOf(n)),
      ...Array.from({ length: 20 }, (_, n) => factOf(n + 50)),
    ]);
    const text = exported(forged, checkpointOf(forged));
    // By itself it is without a fault: that is why witnesses are there.
    expect(await both(text)).toMatchObject({ kind: 'unwitnessed', status: 0 });
    expect(await both(text, { policy: true })).toMatchObject({ kind: 'unwitnessed', status: 1 });
    expect(await both(text, { policy: true, kept: seen })).toMatchObject({ kind: 'broken', status: 1 });
    expect(await both(exported(forged.slice(0, 12), checkpointOf(forged, 12)), { kept: seen })).toMatchObject(
      { kind: 'broken' },
    );
    expect(await both(exported(ledger, checkpoint), { policy: true, kept: seen })).toMatchObject({
      kind: 'unwitnessed',
    });
  });

  test('all re-chained and signed with the stolen key, by a file to which each checkpoint was appended: also where the new ones are in it', async () => {
    const file = [12, 15].map((size) => `\n${checkpointOf(ledger, size)}`).join('');
    expect(await both(exported(ledger, checkpoint), { kept: file })).toMatchObject({ kind: 'unwitnessed' });
    const forged = chained([
      ...Array.from({ length: 12 }, (_, n) => factOf(n)),
      ...Array.from({ length: 20 }, (_, n) => factOf(n + 50)),
    ]);
    const text = exported(forged, checkpointOf(forged));
    const longer = `${file}\n${checkpointOf(forged, 20)}\n${checkpointOf(forged)}`;
    expect(await both(text, { kept: longer })).toMatchObject({
      kind: 'broken',
      reason: expect.stringContaining('the first 15 entries'),
    });
  });

  test('a tail that was cut, by a mail with a checkpoint', async () => {
    const outbox = await startOutbox();
    onTestFinished(() => outbox.stop());
    const { people } = testInstallation().installation;
    const mail = { smtpUrl: outbox.smtpUrl, from: 'countersign@storefront.example', people };
    const copies = createMailCopies(mail, LOG.name, { to: 'user:ada', people: ['ada'], everyMs: 0 });
    const kept = await copies.keep({ size: 15, note: checkpointOf(ledger, 15, { witnesses: twoWitnesses }) });
    expect(kept).toMatchObject({ kind: 'kept', detail: expect.stringContaining('ada') });
    const [{ raw = '', subject } = {}] = outbox.mails();
    expect(subject).toBe('Checkpoint of the ledger of storefront: 15 entries');
    expect(await both(exported(ledger, checkpoint), { kept: raw })).toMatchObject({ status: 0 });
    const cut = ledger.slice(0, 12);
    expect(await both(exported(cut, checkpointOf(cut)), { kept: raw })).toMatchObject({ kind: 'broken' });
  });

  test('two histories shown to two readers: each is whole, and together they are not', async () => {
    const other = [
      ...ledger.slice(0, 10),
      ...chained(
        [...Array(11).keys()].map((n) => factOf(n + 70)),
        0,
        ledger[9],
      ),
    ];
    for (const [mine, theirs] of [
      [ledger, other],
      [other, ledger],
    ] as const) {
      expect(await both(exported(mine, checkpointOf(mine)))).toMatchObject({
        kind: 'unwitnessed',
        status: 0,
      });
      const found = await both(exported(mine, checkpointOf(mine)), { kept: checkpointOf(theirs) });
      expect(found).toMatchObject({ kind: 'broken', status: 1 });
      const proof = await both(proved(mine, 'agent-0.key', checkpointOf(mine)), {
        kept: checkpointOf(theirs),
      });
      expect(proof).toMatchObject({ kind: 'broken', reason: expect.stringContaining('two histories') });
    }
  });

  test('a cosignature that is not of this checkpoint', async () => {
    const elsewhere = checkpointOf(ledger, 15, { witnesses: witness ? [witness] : [] });
    const line = elsewhere.split('\n').at(-2);
    expect(await both(exported(ledger, `${checkpoint}${line}\n`), { policy: true })).toMatchObject({
      kind: 'broken',
    });
  });

  const proof = lines(proved(ledger, 'agent-0.key', checkpoint));
  test.each<[string, readonly string[]]>([
    ['with an entry about something else', proof.toSpliced(2, 0, good[2] ?? '')],
    ['with its entries in another order', proof.with(2, proof[3] ?? '').with(3, proof[2] ?? '')],
    ['with an entry twice', proof.toSpliced(2, 0, proof[2] ?? '')],
    ['without any entry', proof.slice(0, 1)],
    ['with the proof of another entry', proof.with(2, withProofOf(proof[2], proof[4]))],
    ['with an entry that was chained anew', proof.with(2, forgedIn(proof[2]))],
    ['with a proof that leads elsewhere', proof.with(2, (proof[2] ?? '').replace('index 2', 'index 3'))],
    ['without a proof', proof.with(2, (proof[2] ?? '').replace(/,"proof":"[^"]*"/, ''))],
  ])('a proof %s', async (_, changed) => {
    expect(await both(joined(changed))).toMatchObject({ kind: 'broken', status: 1 });
  });
});

function withProofOf(line = '', other = ''): string {
  return JSON.stringify({ ...JSON.parse(line), proof: JSON.parse(other).proof });
}

/** An entry with another body, and a hash that is right for it. */
function forgedIn(line = ''): string {
  const forged = chained([{ ...factOf(2), body: 'never happened' }], 0, ledger[1]);
  const [, made = ''] = lines(exported(forged, undefined));
  return JSON.stringify({ ...JSON.parse(line), ...JSON.parse(made) });
}
