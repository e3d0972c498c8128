import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canonicalEntry,
  chain,
  checkChain,
  ENTRY_KINDS,
  GENESIS_HASH,
  type Head,
  type LedgerEntry,
  type NewEntry,
} from '../../../src/domain/ledger/ledger.ts';
import { digestOf } from '../../../src/domain/shared/digest.ts';

const START: Head = { seq: 0, hash: GENESIS_HASH };

const fact = (n: number): NewEntry => ({
  eventId: `cache-agent.flush-${n}/0199f3a2/ruled`,
  actionId: `cache-agent.flush-${n}`,
  kind: ENTRY_KINDS[n % ENTRY_KINDS.length] ?? 'ruled',
  at: 1_773_500_000_000 + n,
  body: { tier: (n % 4) + 1, reasons: ['é', `reason ${n}`], watched: n % 2 === 0, verdict: null },
});

/** Where the thirty stand before the one at this place. */
function headBefore(place: number): Head {
  const before = thirty[place - 1];
  return before === undefined ? START : { seq: before.seq, hash: before.hash };
}

function chained(facts: readonly NewEntry[], from: Head = START): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const one of facts) entries.push(chain(entries.at(-1) ?? from, one));
  return entries;
}

const thirty = chained(Array.from({ length: 30 }, (_, n) => fact(n)));
const last = thirty.at(-1);

const [first, second] = thirty;
if (!first || !second || !last) throw new Error('the chain has thirty entries');

describe('a chain', () => {
  test('without entries is intact, with the head before the first', () => {
    expect(checkChain([])).toEqual({ kind: 'intact', head: START });
  });

  test('begins at 1 after a hash of zeros, without gaps', () => {
    expect(thirty.map(({ seq }) => seq)).toEqual(Array.from({ length: 30 }, (_, n) => n + 1));
    expect(first.previousHash).toBe('0'.repeat(64));
    expect(second.previousHash).toBe(first.hash);
  });

  test('is intact as it was made, and says where it ends', () => {
    expect(checkChain(thirty)).toEqual({ kind: 'intact', head: { seq: 30, hash: last.hash } });
  });

  test('is read one entry at a time, from anything that can be walked', () => {
    const walked = function* () {
      yield* thirty;
    };
    expect(checkChain(walked()).kind).toBe('intact');
  });

  test('keeps the facts as they were', () => {
    const { seq, previousHash, hash, ...kept } = first;
    expect(kept).toEqual(fact(0));
    expect(hash).toBe(digestOf({ ...kept, seq, previousHash }));
  });

  test('stays intact through JSON and with its members in another order', () => {
    const stored = thirty.map((entry): LedgerEntry => JSON.parse(canonicalEntry(entry)));
    expect(checkChain(stored)).toEqual(checkChain(thirty));
  });

  test('of any facts is intact', () => {
    const anyFact = fc.record({
      eventId: fc.string(),
      actionId: fc.string(),
      kind: fc.constantFrom(...ENTRY_KINDS),
      at: fc.nat(),
      body: fc.jsonValue({ stringUnit: 'grapheme' }).map((value) => JSON.parse(JSON.stringify(value))),
    });
    fc.assert(
      fc.property(fc.array(anyFact, { maxLength: 8 }), (facts) => {
        expect(checkChain(chained(facts))).toMatchObject({ kind: 'intact', head: { seq: facts.length } });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a chain that was changed anywhere is broken', () => {
  test('any single character of any entry', () => {
    let readable = 0;
    for (const [place, entry] of thirty.entries()) {
      const text = canonicalEntry(entry);
      for (let at = 0; at < text.length; at += 1) {
        for (const other of othersThan(text.charAt(at))) {
          const changed = parsed(`${text.slice(0, at)}${other}${text.slice(at + 1)}`);
          if (changed === undefined) continue;
          readable += 1;
          // The entries before it are as they were.
          const { kind, ...where } = checkChain(thirty.slice(place).with(0, changed), headBefore(place));
          if (kind !== 'broken') throw new Error(`"${other}" at ${at} of entry ${place + 1} was not found`);
          expect(where).toMatchObject({ seq: place + 1 });
        }
      }
    }
    expect(readable).toBeGreaterThan(5_000);
  });

  test('any entry left out, but for the last', () => {
    for (const [place] of thirty.slice(0, -1).entries()) {
      expect(checkChain(thirty.toSpliced(place, 1))).toEqual({
        kind: 'broken',
        seq: place + 1,
        reason: `entry ${place + 2} follows entry ${place}`,
      });
    }
  });

  test('any two entries swapped', () => {
    for (const [a, one] of thirty.entries()) {
      for (const [b, other] of thirty.entries()) {
        if (a >= b) continue;
        expect(checkChain(thirty.with(a, other).with(b, one))).toMatchObject({ kind: 'broken', seq: a + 1 });
      }
    }
  });

  test('any entry put in: repeated, or made for that very place', () => {
    for (const [place, entry] of thirty.entries()) {
      expect(checkChain(thirty.toSpliced(place, 0, entry)).kind).toBe('broken');
      const forged = chain(thirty[place - 1] ?? START, fact(99));
      const { kind } = checkChain(thirty.toSpliced(place, 0, forged));
      expect(kind).toBe('broken');
    }
  });

  test('any entry written anew, with a hash that is right for it, but for the last', () => {
    for (const [place, { seq, previousHash }] of thirty.slice(0, -1).entries()) {
      const forged = chain({ seq: seq - 1, hash: previousHash }, fact(99));
      expect(checkChain(thirty.with(place, forged))).toEqual({
        kind: 'broken',
        seq: place + 2,
        reason: 'it does not name the hash of the entry before it',
      });
    }
  });

  test('a chain that does not begin at its beginning', () => {
    expect(checkChain(thirty.slice(1)).kind).toBe('broken');
    expect(checkChain(chained([fact(1)], { seq: 0, hash: 'f'.repeat(64) })).kind).toBe('broken');
    expect(checkChain(chained([fact(1)], { seq: 1, hash: GENESIS_HASH })).kind).toBe('broken');
  });

  test('a member more than was hashed', () => {
    expect(checkChain(thirty.with(3, Object.assign({ note: 'fine' }, thirty[3])))).toEqual({
      kind: 'broken',
      seq: 4,
      reason: 'its content does not have its hash',
    });
  });

  test('a tail that was cut shows only in the head, which is to be compared with one kept elsewhere', () => {
    const cut = checkChain(thirty.slice(0, 20));
    expect(cut).toEqual({ kind: 'intact', head: { seq: 20, hash: thirty[19]?.hash } });
    expect(cut).not.toEqual(checkChain(thirty));
  });
});

/** A digit becomes another digit, so that most changes are still JSON. */
const othersThan = (old: string) => ['0', '7', 'e', '"', ' '].filter((other) => other !== old);

function parsed(text: string): LedgerEntry | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
