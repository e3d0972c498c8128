import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chain,
  checkChain,
  ENTRY_KINDS,
  type ErasedEntry,
  GENESIS_HASH,
  type Head,
  type LedgerEntry,
  type NewEntry,
  withoutPayload,
} from '../../../src/domain/ledger/ledger.ts';
import { canonicalJson, digestOf } from '../../../src/domain/shared/digest.ts';

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

/** With a salt of its own for each, as the writer chains. */
function chained(facts: readonly NewEntry[], from: Head = START): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [n, one] of facts.entries()) entries.push(chain(entries.at(-1) ?? from, one, saltOf(n)));
  return entries;
}

const saltOf = (n: number) => n.toString(16).padStart(32, '5a');

/** What the chain covers of entries that were written before there were salts. */
function chainedPlainly(facts: readonly NewEntry[]): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const one of facts) entries.push(chain(entries.at(-1) ?? START, one));
  return entries;
}

function erased(entry: LedgerEntry): ErasedEntry {
  const { commitment = '', kind: was, ...bare } = withoutPayload(entry);
  return { ...bare, commitment, was, kind: 'erased', body: { reason: 'gone' } };
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
    const { seq, previousHash, salt, commitment, hash, ...kept } = first;
    expect(kept).toEqual(fact(0));
    const { body: _, ...covered } = kept;
    expect(hash).toBe(digestOf({ ...covered, seq, previousHash, commitment }));
    expect(salt).toBe(saltOf(0));
  });

  test('commits to a body by the hash of its salt and its canonical JSON, as anybody can compute it', () => {
    const bytes = Buffer.concat([Buffer.from(saltOf(0), 'hex'), Buffer.from(canonicalJson(first.body))]);
    expect(first.commitment).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  test('stays intact through JSON and with its members in another order', () => {
    const stored = thirty.map((entry): LedgerEntry => JSON.parse(canonicalJson(entry)));
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

describe('what an entry said can be erased', () => {
  test('and the chain is intact, whichever entries it is, and says the same head', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 30, maxLength: 30 }), (gone) => {
        const some = thirty.map((entry, place) => (gone[place] ? erased(entry) : entry));
        expect(checkChain(some)).toEqual(checkChain(thirty));
      }),
    );
  });

  test('and nothing of it is left: neither its body nor a hash of the body alone', () => {
    const text = JSON.stringify(erased(second));
    expect(text).not.toContain('reason 1');
    expect(text).not.toContain(digestOf(second.body));
    expect(text).not.toContain(second.salt);
  });

  test.each<[string, Partial<ErasedEntry>]>([
    ['its kind', { was: 'closed' }],
    ['its time', { at: 1 }],
    ['its subject', { actionId: 'other' }],
    ['its commitment', { commitment: 'f'.repeat(64) }],
  ])('but not %s', (_, change) => {
    const changed = { ...erased(second), ...change };
    expect(checkChain([first, changed])).toMatchObject({ kind: 'broken', seq: 2 });
  });

  test('two entries that say the same have nothing in common that shows it', () => {
    const [one, other] = chained([fact(1), { ...fact(1), eventId: 'again' }]);
    expect(one?.body).toEqual(other?.body);
    expect(one?.commitment).not.toBe(other?.commitment);
  });
});

describe('a chain of before there were salts', () => {
  const before = chainedPlainly(Array.from({ length: 12 }, (_, n) => fact(n)));

  test('is intact, and goes on with salted entries', () => {
    const head = { seq: 12, hash: before.at(-1)?.hash ?? '' };
    expect(checkChain(before)).toEqual({ kind: 'intact', head });
    const whole = [...before, ...chained([fact(40), fact(41)], head)];
    expect(checkChain(whole)).toMatchObject({ kind: 'intact', head: { seq: 14 } });
  });

  test('is broken by another body, and by a commitment that takes its place', () => {
    for (const [place, entry] of before.entries()) {
      const start = before[place - 1] ?? START;
      const changed = { ...entry, body: 'other' };
      const sealed = { ...chain(start, fact(place), saltOf(place)), hash: entry.hash };
      for (const forged of [changed, sealed, { ...entry, salt: saltOf(1) }])
        expect(checkChain([forged], start)).toMatchObject({ kind: 'broken', seq: place + 1 });
    }
  });
});

describe('a chain that was changed anywhere is broken', () => {
  test('any single character of any entry', () => {
    let readable = 0;
    for (const [place, entry] of thirty.entries()) {
      const text = canonicalJson(entry);
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
      const forged = chain(thirty[place - 1] ?? START, fact(99), saltOf(99));
      const { kind } = checkChain(thirty.toSpliced(place, 0, forged));
      expect(kind).toBe('broken');
    }
  });

  test('any entry written anew, with a hash that is right for it, but for the last', () => {
    for (const [place, { seq, previousHash }] of thirty.slice(0, -1).entries()) {
      const forged = chain({ seq: seq - 1, hash: previousHash }, fact(99), saltOf(99));
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
