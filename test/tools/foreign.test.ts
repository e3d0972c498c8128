import { describe, expect, test } from 'vitest';
import { leafText } from '../../src/domain/ledger/tree/leaf.ts';
import { consistencyRanges, inclusionRanges } from '../../src/domain/ledger/tree/merkle.ts';
import { COSIGNATURE, verifierOf, vkeyOf } from '../../src/domain/ledger/tree/signed-note.ts';
import { type Case, judgedByOthers } from './judged-by-others.ts';
import { checkpointOf, leavesOf, ledgerOf, rootOver, vkey, WITNESSES } from './ledger-files.ts';

const base64 = (bytes: Uint8Array | string) => Buffer.from(bytes).toString('base64');

const SIZE = 300;
const ledger = ledgerOf(SIZE, 5);
const leaves = leavesOf(ledger);

/** The checkpoint over the first entries, with the proofs of some of them and of older trees. */
function casesOf(size: number): Case {
  const note = checkpointOf(ledger, size, { witnesses: WITNESSES });
  const places = [0, 1, 2, 254, 255, 256, size - 2, size - 1].filter((at) => at >= 0 && at < size);
  return {
    note,
    log: vkey(),
    witnesses: WITNESSES.map((key) => vkeyOf(verifierOf(key, COSIGNATURE))),
    inclusions: [...new Set(places)].map((index) => ({
      index,
      leaf: base64(leafText(ledger[index] ?? expect.fail())),
      hashes: inclusionRanges(index, size).map((range) => base64(rootOver(leaves, range))),
    })),
    consistency: [1, 2, 3, 128, 255, 256, 257, size]
      .filter((old) => old <= size)
      .map((old) => ({
        old,
        root: base64(rootOver(leaves, { from: 0, to: old })),
        hashes: consistencyRanges(old, size).map((range) => base64(rootOver(leaves, range))),
      })),
  };
}

describe('golang.org/x/mod and transparency-dev', () => {
  test('verify our checkpoints, cosignatures and proofs, and find each that was changed', async () => {
    const sizes = [1, 2, 3, 7, 8, 255, 256, 257, SIZE];
    const good = sizes.map(casesOf);
    const one = casesOf(SIZE);
    const [leaf, ...others] = one.inclusions;
    const [old, ...olders] = one.consistency;
    if (!leaf || !old) throw new Error('there are some');
    const bad = [
      { ...one, note: one.note.replace('\n300\n', '\n301\n') },
      { ...one, inclusions: [{ ...leaf, index: 1 }, ...others] },
      { ...one, inclusions: [{ ...leaf, leaf: base64('other') }] },
      { ...one, consistency: [{ ...old, root: base64(leaves[5] ?? '') }, ...olders] },
      { ...one, witnesses: one.witnesses.slice(1).concat(one.log) },
    ];
    const found = await judgedByOthers([...good, ...bad]);
    expect(found.slice(0, good.length)).toEqual(good.map(() => 'good'));
    expect(found.slice(good.length)).toEqual([
      expect.stringContaining('the checkpoint'),
      expect.stringContaining('inclusion of 1'),
      expect.stringContaining('inclusion of 0'),
      expect.stringContaining('consistency with 1'),
      expect.stringContaining('2 of 3 cosignatures'),
    ]);
  });
});
