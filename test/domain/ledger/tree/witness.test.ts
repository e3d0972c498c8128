import { describe, expect, test } from 'vitest';
import { parseCheckpoint, signCheckpoint } from '../../../../src/domain/ledger/tree/checkpoint.ts';
import {
  consistencyRanges,
  EMPTY,
  grow,
  type Hash,
  leafHash,
  type Range,
  rootOf,
  type TreeHead,
} from '../../../../src/domain/ledger/tree/merkle.ts';
import { ED25519, type SignerKey, verifierOf } from '../../../../src/domain/ledger/tree/signed-note.ts';
import { addCheckpointBody, judgeCheckpoint } from '../../../../src/domain/ledger/tree/witness.ts';

const KEY: SignerKey = { name: 'storefront', seed: new Uint8Array(32).fill(1) };
const STRANGER: SignerKey = { name: 'storefront', seed: new Uint8Array(32).fill(2) };
const LOGS = [verifierOf(KEY, ED25519)];

const leaves = (count: number, salt = 0) =>
  Array.from({ length: count }, (_, n) => leafHash(Uint8Array.of(salt, n)));
const rootOver = (hashes: readonly Hash[]) => rootOf(hashes.reduce(grow, EMPTY));
const headOf = (hashes: readonly Hash[]): TreeHead => ({ size: hashes.length, root: rootOver(hashes) });
const noteOf = (hashes: readonly Hash[], key = KEY, origin = 'storefront') =>
  signCheckpoint({ origin, ...headOf(hashes) }, key);
const proofOf = (old: number, hashes: readonly Hash[]) =>
  consistencyRanges(old, hashes.length).map(({ from, to }: Range) => rootOver(hashes.slice(from, to)));

/** What a witness that saw the first `seen` of these leaves finds about all of them. */
const judged = (body: string, seen = 0, of: readonly Hash[] = leaves(9)) =>
  judgeCheckpoint(body, LOGS, () => (seen === 0 ? undefined : headOf(of.slice(0, seen))));

describe('a witness', () => {
  test.each([
    [0, 1],
    [0, 9],
    [1, 2],
    [4, 9],
    [7, 9],
    [9, 9],
  ])('that saw %i entries cosigns %i that go on from them', (seen, count) => {
    const all = leaves(count);
    const found = judged(addCheckpointBody(seen, proofOf(seen, all), noteOf(all)), seen);
    expect(found).toMatchObject({ kind: 'goesOn', checkpoint: { origin: 'storefront', size: count } });
  });

  test('says how many it saw, where a request begins elsewhere', () => {
    const body = addCheckpointBody(2, proofOf(2, leaves(9)), noteOf(leaves(9)));
    expect(judged(body, 4)).toEqual({ kind: 'conflict', size: 4, isSplit: false });
    expect(judged(body)).toEqual({ kind: 'conflict', size: 0, isSplit: false });
  });

  test('does not cosign another tree of the same size: that is a split view', () => {
    const body = addCheckpointBody(4, [], noteOf(leaves(4, 1)));
    expect(judged(body, 4)).toEqual({ kind: 'conflict', size: 4, isSplit: true });
  });

  test('does not cosign a tree that was written anew, whatever proof comes with it', () => {
    const anew = leaves(9, 1);
    for (const proof of [proofOf(4, anew), proofOf(4, leaves(9)), []])
      expect(judged(addCheckpointBody(4, proof, noteOf(anew)), 4)).toEqual({ kind: 'notConsistent' });
  });

  test('takes no proof with the first checkpoint', () => {
    expect(judged(addCheckpointBody(0, proofOf(4, leaves(9)), noteOf(leaves(9))))).toEqual({
      kind: 'notConsistent',
    });
  });

  test('knows only its logs, and only by their keys', () => {
    const elsewhere = noteOf(leaves(3), { ...KEY, name: 'other' }, 'other');
    expect(judged(addCheckpointBody(0, [], elsewhere))).toEqual({ kind: 'unknownLog', origin: 'other' });
    expect(judged(addCheckpointBody(0, [], noteOf(leaves(3), STRANGER)))).toEqual({
      kind: 'notSigned',
      origin: 'storefront',
    });
  });

  test('does not cosign a line more than its log signed', () => {
    const bent = noteOf(leaves(3)).replace('\n\n', '\nanything\n\n');
    expect(parseCheckpoint(bent).kind).toBe('checkpoint');
    expect(judged(addCheckpointBody(0, [], bent)).kind).toBe('notSigned');
  });

  test.each([
    ['nothing', ''],
    ['no empty line', `old 0\n${noteOf(leaves(3))}`.replace('\n\n', '\n')],
    ['no old size', `\n\n${noteOf(leaves(3))}`],
    ['a size with a sign', `old +0\n\n${noteOf(leaves(3))}`],
    ['a size with a leading zero', `old 00\n\n${noteOf(leaves(3))}`],
    ['a line that is no hash', `old 0\nAAAA\n\n${noteOf(leaves(3))}`],
    ['64 lines of proof', addCheckpointBody(0, leaves(64), noteOf(leaves(3)))],
    ['an old size that is larger', addCheckpointBody(4, [], noteOf(leaves(3)))],
  ])('answers to %s that it is malformed', (_, body) => {
    expect(judged(body).kind).toBe('malformed');
  });
});
