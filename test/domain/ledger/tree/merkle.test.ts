import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  consistencyRanges,
  EMPTY,
  EMPTY_ROOT,
  grow,
  type Hash,
  inclusionRanges,
  leafHash,
  perfectRanges,
  provesConsistency,
  provesInclusion,
  type Range,
  rootOf,
} from '../../../../src/domain/ledger/tree/merkle.ts';

/** The leaves and roots that the test of certificate-transparency-go, and of most others since, are made of. */
const PUBLISHED_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const PUBLISHED_ROOTS = [
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

const hex = (hash: Hash) => Buffer.from(hash).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));

const leaves = Array.from({ length: 300 }, (_, n) => leafHash(Buffer.from(`leaf ${n}`)));
const treeOf = (from: number, to: number) => leaves.slice(from, to).reduce(grow, EMPTY);
const rootOver = ({ from, to }: Range) => rootOf(treeOf(from, to));
const head = (size: number) => ({ size, root: rootOver({ from: 0, to: size }) });
const inclusionProof = (index: number, size: number) => inclusionRanges(index, size).map(rootOver);
const consistencyProof = (old: number, size: number) => consistencyRanges(old, size).map(rootOver);

const size = fc.integer({ min: 1, max: leaves.length });
const sizeAndBelow = size.chain((to) => fc.tuple(fc.integer({ min: 0, max: to - 1 }), fc.constant(to)));

describe('the tree of RFC 6962', () => {
  test.each(PUBLISHED_ROOTS.map((root, count) => [count, root] as const))(
    'of the first %i published leaves has the published root',
    (count, root) => {
      const tree = PUBLISHED_LEAVES.slice(0, count)
        .map((leaf) => leafHash(bytes(leaf)))
        .reduce(grow, EMPTY);
      expect(hex(rootOf(tree))).toBe(root);
    },
  );

  test.each([
    [0, 1, []],
    [
      0,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      5,
      8,
      [
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [2, 3, ['fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125']],
  ])('has the published proof that leaf %i is among %i', (index, count, proof) => {
    const published = PUBLISHED_LEAVES.map((leaf) => leafHash(bytes(leaf)));
    const over = ({ from, to }: Range) => hex(rootOf(published.slice(from, to).reduce(grow, EMPTY)));
    expect(inclusionRanges(index, count).map(over)).toEqual(proof);
  });

  test.each([
    [1, 1, []],
    [
      1,
      8,
      [
        '96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7',
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        '6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4',
      ],
    ],
    [
      6,
      8,
      [
        '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
        'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
        'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
      ],
    ],
    [
      2,
      5,
      [
        '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
        'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
      ],
    ],
  ])('has the published proof that %i leaves begin %i', (old, count, proof) => {
    const published = PUBLISHED_LEAVES.map((leaf) => leafHash(bytes(leaf)));
    const over = ({ from, to }: Range) => hex(rootOf(published.slice(from, to).reduce(grow, EMPTY)));
    expect(consistencyRanges(old, count).map(over)).toEqual(proof);
  });

  test('a range is made of perfect subtrees, the largest first', () => {
    expect(perfectRanges({ from: 256, to: 267 })).toEqual([
      { from: 256, to: 264 },
      { from: 264, to: 266 },
      { from: 266, to: 267 },
    ]);
    expect(perfectRanges({ from: 4, to: 4 })).toEqual([]);
  });
});

describe('a proof of inclusion', () => {
  test('is one for every leaf of every tree up to 40', () => {
    for (let to = 1; to <= 40; to += 1)
      for (let index = 0; index < to; index += 1)
        expect(
          provesInclusion({ index, ...head(to) }, leaves[index] ?? EMPTY_ROOT, inclusionProof(index, to)),
        ).toBe(true);
  });

  test('is none for any other place, leaf, size or root', () => {
    fc.assert(
      fc.property(sizeAndBelow, sizeAndBelow, ([index, to], [other, otherSize]) => {
        const proof = inclusionProof(index, to);
        const leaf = leaves[index] ?? EMPTY_ROOT;
        const claims = { index, ...head(to) };
        expect(provesInclusion(claims, leaf, proof)).toBe(true);
        if (other !== index) {
          expect(provesInclusion(claims, leaves[other] ?? EMPTY_ROOT, proof)).toBe(false);
          expect(provesInclusion({ ...claims, index: other }, leaf, proof)).toBe(false);
        }
        if (otherSize !== to) expect(provesInclusion({ index, ...head(otherSize) }, leaf, proof)).toBe(false);
      }),
    );
  });

  test('with a hash more, a hash less, or a changed bit proves nothing', () => {
    fc.assert(
      fc.property(sizeAndBelow, fc.nat(), fc.nat(255), ([index, to], at, bit) => {
        const proof = inclusionProof(index, to);
        const claims = { index, ...head(to) };
        const leaf = leaves[index] ?? EMPTY_ROOT;
        expect(provesInclusion(claims, leaf, [...proof, EMPTY_ROOT])).toBe(false);
        if (proof.length === 0) return;
        expect(provesInclusion(claims, leaf, proof.slice(1))).toBe(false);
        expect(provesInclusion(claims, leaf, proof.slice(0, -1))).toBe(false);
        expect(
          provesInclusion(
            claims,
            leaf,
            proof.with(at % proof.length, flipped(proof[at % proof.length], bit)),
          ),
        ).toBe(false);
      }),
    );
  });
});

describe('a proof of consistency', () => {
  test('is one for all pairs of trees up to 40', () => {
    for (let to = 0; to <= 40; to += 1)
      for (let old = 0; old <= to; old += 1)
        expect(provesConsistency(head(old), head(to), consistencyProof(old, to))).toBe(true);
  });

  test('is none for a tree that was written anew, whichever of its old leaves is another', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), (a, b, n) => {
        const [old, to] = [Math.min(a, b), Math.max(a, b)];
        const place = n % old;
        const rewritten = leaves.slice(0, to).with(place, leafHash(Buffer.from('other')));
        const over = ({ from, to: end }: Range) => rootOf(rewritten.slice(from, end).reduce(grow, EMPTY));
        const newer = { size: to, root: over({ from: 0, to }) };
        expect(provesConsistency(head(old), newer, consistencyRanges(old, to).map(over))).toBe(false);
        expect(provesConsistency(head(old), newer, consistencyProof(old, to))).toBe(false);
      }),
    );
  });

  test('with a hash more, a hash less, or a changed bit proves nothing, and neither does one for a smaller tree', () => {
    fc.assert(
      fc.property(size, size, fc.nat(), fc.nat(255), (a, b, at, bit) => {
        const [old, to] = [Math.min(a, b), Math.max(a, b)];
        const proof = consistencyProof(old, to);
        expect(provesConsistency(head(old), head(to), [...proof, EMPTY_ROOT])).toBe(false);
        if (old < to) expect(provesConsistency(head(to), head(old), proof)).toBe(false);
        if (proof.length === 0) return;
        expect(provesConsistency(head(old), head(to), proof.slice(1))).toBe(false);
        const changed = proof.with(at % proof.length, flipped(proof[at % proof.length], bit));
        expect(provesConsistency(head(old), head(to), changed)).toBe(false);
      }),
    );
  });
});

function flipped(hash: Hash | undefined, bit: number): Hash {
  const changed = Uint8Array.from(hash ?? EMPTY_ROOT);
  const at = bit >> 3;
  changed[at] = (changed[at] ?? 0) ^ (1 << (bit & 7));
  return changed;
}
