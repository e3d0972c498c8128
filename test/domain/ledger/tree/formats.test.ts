import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  cosign,
  cosignedBy,
  parseCheckpoint,
  signCheckpoint,
} from '../../../../src/domain/ledger/tree/checkpoint.ts';
import { formatProof, parseProof } from '../../../../src/domain/ledger/tree/inclusion-proof.ts';
import { EMPTY, grow, leafHash, rootOf } from '../../../../src/domain/ledger/tree/merkle.ts';
import { isQuorum, parsePolicy } from '../../../../src/domain/ledger/tree/policy.ts';
import {
  COSIGNATURE,
  ED25519,
  parseNote,
  parseVkey,
  signedBy,
  signNote,
  verifierOf,
  vkeyOf,
} from '../../../../src/domain/ledger/tree/signed-note.ts';
import {
  bundleOf,
  newFullTiles,
  parseTilePath,
  rootOverRange,
  tilePath,
  tileWidth,
} from '../../../../src/domain/ledger/tree/tiles.ts';

const LOG = { name: 'example.com/log', seed: new Uint8Array(32).fill(1) };
const WITNESS = { name: 'witness.example/w1', seed: new Uint8Array(32).fill(2) };
const log = verifierOf(LOG, ED25519);
const witness = verifierOf(WITNESS, COSIGNATURE);

function noteOf(text: string) {
  const note = parseNote(text);
  if (note.kind === 'malformed') throw new Error(note.reason);
  return note;
}

describe('a signed note (C2SP signed-note)', () => {
  const VKEY = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
  const NOTE = `This is an example message.

— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
`;
  const published = parseVkey(VKEY);
  if (!published) throw new Error('the published key is one');

  test('the published example is signed by the published key', () => {
    expect(vkeyOf(published)).toBe(VKEY);
    expect(signedBy(noteOf(NOTE), published)).toBe('signed');
  });

  test('is signed by nobody else, and forged where one character of its text is another', () => {
    expect(signedBy(noteOf(NOTE), log)).toBe('notSigned');
    for (let at = 0; at < NOTE.indexOf('\n'); at += 1) {
      const changed = `${NOTE.slice(0, at)}x${NOTE.slice(at + 1)}`;
      if (changed !== NOTE) expect(signedBy(noteOf(changed), published)).toBe('forged');
    }
  });

  test('of a text with empty lines is split at the last one', () => {
    const note = noteOf(signNote('one\n\ntwo\n', LOG));
    expect(note.text).toBe('one\n\ntwo\n');
    expect(signedBy(note, log)).toBe('signed');
  });

  test('one signature of a key that does not verify makes it worthless, beside one that does', () => {
    const [, bad] = signNote('other\n', LOG).split('\n\n');
    expect(signedBy(noteOf(signNote('one\n', LOG) + bad), log)).toBe('forged');
  });

  test.each([
    ['no signature', 'text\n'],
    ['an unended line', signNote('one\n', LOG).trimEnd()],
    ['a line that is no signature', `${signNote('one\n', LOG)}hello\n`],
    ['a control character', signNote('o\tne\n', LOG)],
    ['a signature without bytes', 'one\n\n— a AAAAAA==\n'],
    ['another dash', signNote('one\n', LOG).replace('—', '-')],
  ])('with %s is malformed', (_, text) => expect(parseNote(text).kind).toBe('malformed'));

  test('any text is read without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseNote(text)));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => void parseCheckpoint(`${text}\n\n— a AAAAAAA=\n`)),
    );
  });

  test.each([
    ['another id', VKEY.replace('530d903a', '530d903b')],
    ['another name', VKEY.replace('foo', 'bar')],
    ['an unknown type', VKEY.replace('Aeky', 'Auky')],
    ['no name', VKEY.replace('example.com/foo', '')],
    ['a space in its name', VKEY.replace('foo', 'f oo')],
    ['a key that is cut', VKEY.slice(0, -8)],
  ])('a key with %s is none', (_, text) => expect(parseVkey(text)).toBeUndefined());
});

const root = leafHash(Buffer.from('one'));
const checkpoint = { origin: LOG.name, size: 7, root };

describe('a checkpoint (C2SP tlog-checkpoint)', () => {
  test('says name, size and root, signed', () => {
    const read = parseCheckpoint(signCheckpoint(checkpoint, LOG));
    if (read.kind === 'malformed') throw new Error(read.reason);
    expect(read.checkpoint).toEqual(checkpoint);
    expect(signedBy(read.note, log)).toBe('signed');
  });

  test('the published example is read', () => {
    const text = `example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
`;
    expect(parseCheckpoint(text)).toMatchObject({
      kind: 'checkpoint',
      checkpoint: { origin: 'example.com/behind-the-sofa', size: 20852163 },
    });
  });

  test.each([
    ['a size with a leading zero', 'a\n07\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a negative size', 'a\n-7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a size that no number has', 'a\n9007199254740992\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
    ['a root that is too short', 'a\n7\nAAAA\n'],
    ['no root', 'a\n7\n'],
    ['no name', '\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n'],
  ])('with %s is malformed', (_, text) =>
    expect(parseCheckpoint(signNote(text, LOG)).kind).toBe('malformed'),
  );
});

describe('a cosignature (C2SP tlog-cosignature)', () => {
  const signed = signCheckpoint(checkpoint, LOG);
  const line = cosign(noteOf(signed), WITNESS, 1_679_315_147);

  test('says when its witness saw the checkpoint', () => {
    const note = noteOf(signed + line);
    expect(cosignedBy(note, witness)).toEqual({ kind: 'signed', time: 1_679_315_147 });
    expect(signedBy(note, log)).toBe('signed');
    expect(cosignedBy(noteOf(signed), witness).kind).toBe('notSigned');
  });

  test('is none for another checkpoint, or for another time', () => {
    const other = signCheckpoint({ ...checkpoint, size: 8 }, LOG);
    expect(cosignedBy(noteOf(other + line), witness).kind).toBe('forged');
    const later = cosign(noteOf(signed), WITNESS, 1_679_315_148);
    const [, , head = ''] = later.split(' ');
    const [, , tail = ''] = line.split(' ');
    const spliced = Buffer.concat([
      Buffer.from(head, 'base64').subarray(0, 12),
      Buffer.from(tail, 'base64').subarray(12),
    ]);
    expect(
      cosignedBy(noteOf(`${signed}— ${WITNESS.name} ${spliced.toString('base64')}\n`), witness).kind,
    ).toBe('forged');
  });
});

describe('tiles (C2SP tlog-tiles)', () => {
  test.each([
    [0, 1234067, 256, 'tile/0/x001/x234/067'],
    [1, 0, 17, 'tile/1/000.p/17'],
    [0, 273, 112, 'tile/0/273.p/112'],
    [2, 1000, 256, 'tile/2/x001/000'],
  ])('level %i, %i, %i wide is at %s', (level, index, width, path) => {
    expect(tilePath(level, index, width)).toBe(path);
    expect(parseTilePath(path)).toEqual({ kind: level, index, width });
  });

  test.each([
    'tile/64/000',
    'tile/00/000',
    'tile/0/00',
    'tile/0/x000/001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000/',
    'tile/entries',
    '../tile/0/000',
    'tile/0/x001/x234/067/x001/000',
  ])('%s is no place', (path) => expect(parseTilePath(path)).toBeUndefined());

  test('bundles have places too', () => {
    expect(parseTilePath('tile/entries/x001/067.p/3')).toEqual({ kind: 'entries', index: 1067, width: 3 });
  });

  test('a tree of 70,000 leaves has the tiles of the published example', () => {
    const full = newFullTiles(0, 70_000);
    expect(full.filter(({ level }) => level === 0)).toHaveLength(273);
    expect(full.filter(({ level }) => level === 1)).toHaveLength(1);
    expect([tileWidth(0, 273, 70_000), tileWidth(1, 1, 70_000), tileWidth(2, 0, 70_000)]).toEqual([
      112, 17, 1,
    ]);
    expect(tileWidth(3, 0, 70_000)).toBe(0);
  });

  test('what is added from checkpoint to checkpoint is what is there at the end, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(40_000), { maxLength: 6 }), (steps) => {
        const sizes = [0, ...steps].toSorted((a, b) => a - b);
        const added = sizes.slice(1).flatMap((to, i) => newFullTiles(sizes[i] ?? 0, to));
        const whole = newFullTiles(0, sizes.at(-1) ?? 0);
        const paths = (tiles: typeof whole) =>
          tiles.map(({ level, index }) => tilePath(level, index)).toSorted();
        expect(paths(added)).toEqual(paths(whole));
      }),
    );
  });

  test('any range of a proof has the root that its leaves have', async () => {
    const hashes = Array.from({ length: 70_000 }, (_, n) => leafHash(Buffer.from(String(n))));
    const levels = [hashes];
    for (let below = hashes; below.length >= 256; ) {
      const above = Array.from({ length: Math.floor(below.length / 256) }, (_, i) =>
        rootOf(below.slice(i * 256, (i + 1) * 256).reduce(grow, EMPTY)),
      );
      levels.push(above);
      below = above;
    }
    const read = async (level: number, from: number, to: number) => levels[level]?.slice(from, to) ?? [];
    for (const range of [
      { from: 0, to: 70_000 },
      { from: 0, to: 65_536 },
      { from: 65_536, to: 70_000 },
      { from: 69_999, to: 70_000 },
      { from: 512, to: 1024 },
      { from: 0, to: 0 },
    ])
      expect(await rootOverRange(range, read)).toEqual(
        rootOf(hashes.slice(range.from, range.to).reduce(grow, EMPTY)),
      );
  });

  test('a bundle has the length before each entry', () => {
    const bundle = bundleOf([Buffer.from('ab'), Buffer.alloc(0), Buffer.alloc(300, 7)]);
    expect([...bundle.subarray(0, 8)]).toEqual([0, 2, 97, 98, 0, 0, 1, 44]);
    expect(bundle).toHaveLength(308);
  });
});

describe('a proof in a file (C2SP tlog-proof)', () => {
  const proof = { index: 3, hashes: [root, root], checkpoint: signCheckpoint(checkpoint, LOG) };

  test('is read as it was written', () => {
    expect(parseProof(formatProof(proof))).toEqual(proof);
    expect(parseProof(formatProof({ ...proof, hashes: [] }))).toEqual({ ...proof, hashes: [] });
  });

  test('may have extra data, which proves nothing', () => {
    expect(parseProof(formatProof(proof).replace('\n', '\nextra AAAA\n'))).toEqual(proof);
  });

  test.each([
    ['another first line', (text: string) => text.replace('@v1', '@v2')],
    ['no index', (text: string) => text.replace('index 3\n', '')],
    ['an odd index', (text: string) => text.replace('index 3', 'index 03')],
    ['a hash that is none', (text: string) => text.replace('index 3\n', 'index 3\nAAAA\n')],
    ['nothing', () => ''],
  ])('with %s is none', (_, change) => expect(parseProof(change(formatProof(proof)))).toBeUndefined());
});

describe('a policy (C2SP tlog-policy)', () => {
  const keys = [1, 2, 3, 4].map((n) =>
    verifierOf({ name: `w${n}.example`, seed: new Uint8Array(32).fill(10 + n) }, COSIGNATURE),
  );
  const witnesses = keys.map((key, i) => `witness w${i + 1} ${vkeyOf(key)}`).join('\n');
  const policyOf = (...lines: string[]) => {
    const read = parsePolicy([`log ${vkeyOf(log)} https://example.com`, witnesses, ...lines, ''].join('\n'));
    if (read.kind === 'faulty') throw new Error(`${read.line}: ${read.problem}`);
    return read.policy;
  };
  const met = (policy: ReturnType<typeof policyOf>, ...places: number[]) =>
    isQuorum(
      policy.quorum,
      policy.witnesses.filter((_, i) => places.includes(i + 1)),
    );

  test('asks for nobody, for one witness, for some of a group, and for groups of groups', () => {
    expect(met(policyOf('quorum none'))).toBe(true);
    expect([met(policyOf('quorum w2'), 2), met(policyOf('quorum w2'), 1)]).toEqual([true, false]);
    const some = policyOf('# two of three', 'group g 2 w1 w2\tw3', 'quorum g');
    expect([met(some, 1), met(some, 1, 3), met(some, 4, 3)]).toEqual([false, true, false]);
    const nested = policyOf('group a any w1 w2', 'group b all w3 w4', 'group c all a b', 'quorum c');
    expect([met(nested, 1, 3, 4), met(nested, 1, 2, 3)]).toEqual([true, false]);
  });

  test.each([
    ['no quorum', '', /quorum/],
    ['two quorums', 'quorum none\nquorum none', /already/],
    ['an unknown name', 'quorum w9', /line before/],
    ['a group of nobody', 'group g any\nquorum g', /group is/],
    ['a group that is too small', 'group g 3 w1 w2\nquorum g', /group is/],
    ['a member that is not there', 'group g any w9\nquorum g', /"w9" is not defined/],
    ['a member that is in two groups', 'group g any w1\ngroup h any w1\nquorum g', /in a group already/],
    ['a member twice', 'group g all w1 w1\nquorum g', /in a group already/],
    ['a name twice', `group w1 any w2\nquorum w1`, /taken/],
    ['the name none', 'group none any w1\nquorum none', /taken/],
    ['a key twice', `witness again ${vkeyOf(keys[0] ?? witness)}\nquorum none`, /named before/],
    ['a key of a log for a witness', `witness x ${vkeyOf(log)}\nquorum none`, /type 04/],
    ['a key of a witness for a log', `log ${vkeyOf(witness)}\nquorum none`, /type 01/],
    ['another word', 'trust everybody', /not log/],
  ])('with %s says so', (_, lines, problem) => {
    expect(() => policyOf(lines)).toThrow(problem);
  });
});
