import {
  chain,
  type ErasedEntry,
  GENESIS,
  type Head,
  type LedgerEntry,
  type NewEntry,
  withoutPayload,
} from '../../src/domain/ledger/ledger.ts';
import type { CheckedEntry } from '../../src/domain/ledger/tree/check-ledger.ts';
import { cosign, signCheckpoint } from '../../src/domain/ledger/tree/checkpoint.ts';
import { leafHashOf, leafText } from '../../src/domain/ledger/tree/leaf.ts';
import { entryLine, headerLine } from '../../src/domain/ledger/tree/ledger-file.ts';
import {
  EMPTY,
  grow,
  type Hash,
  inclusionRanges,
  type Range,
  rootOf,
} from '../../src/domain/ledger/tree/merkle.ts';
import {
  COSIGNATURE,
  ED25519,
  parseNote,
  type SignerKey,
  verifierOf,
  vkeyOf,
} from '../../src/domain/ledger/tree/signed-note.ts';

export const LOG: SignerKey = { name: 'storefront', seed: new Uint8Array(32).fill(1) };
export const THIEF: SignerKey = { name: 'storefront', seed: new Uint8Array(32).fill(9) };
export const WITNESSES: readonly SignerKey[] = [1, 2, 3].map((n) => ({
  name: `witness-${n}.example`,
  seed: new Uint8Array(32).fill(20 + n),
}));

/** Believes the log, and asks for two of three witnesses. */
export const POLICY = [
  `log ${vkeyOf(verifierOf(LOG, ED25519))}`,
  ...WITNESSES.map((key, i) => `witness w${i + 1} ${vkeyOf(verifierOf(key, COSIGNATURE))}`),
  'group two 2 w1 w2 w3',
  'quorum two\n',
].join('\n');

/** Bodies with all that JSON has, and numbers that languages write in different ways. */
const BODIES: readonly NewEntry['body'][] = [
  { tier: 2, reasons: ['a "quoted" reason', 'emoji 🚨', 'line\u2028end', 'back\\slash'], risk: 0.1 },
  { small: 1e-7, large: 1e21, whole: 100_000_000_000_000_000_000, minus: -0.5 },
  [],
  null,
  'text',
  { salt: '00'.repeat(16), body: { salt: 'x' } },
  { é: 1, z: 2, ключ: true },
];

export const factOf = (n: number): NewEntry => ({
  eventId: `agent-${n % 3}.key/run/ruled-${n}`,
  actionId: n % 2 === 0 ? 'agent-0.key' : `agent-${n % 3}."odd" é`,
  kind: 'ruled',
  at: 1_773_500_000_000 + n,
  body: BODIES[n % BODIES.length] ?? null,
});

/** @param plain how many of the first are of before there were salts */
export function chained(facts: readonly NewEntry[], plain = 0, start: Head = GENESIS): LedgerEntry[] {
  const entries: LedgerEntry[] = [];
  for (const [n, fact] of facts.entries())
    entries.push(
      chain(entries.at(-1) ?? start, fact, n < plain ? undefined : n.toString(16).padStart(32, '5a')),
    );
  return entries;
}

export const ledgerOf = (count: number, plain = 0) =>
  chained(
    Array.from({ length: count }, (_, n) => factOf(n)),
    plain,
  );

export function erased(entry: LedgerEntry): ErasedEntry {
  const { commitment = '', kind: was, ...bare } = withoutPayload(entry);
  return { ...bare, commitment, was, kind: 'erased', body: { reason: 'gone' } };
}

export const leavesOf = (entries: readonly CheckedEntry[]): Hash[] =>
  entries.map((entry) => leafHashOf(leafText(entry)));

export const rootOver = (leaves: readonly Hash[], { from, to }: Range): Hash =>
  rootOf(leaves.slice(from, to).reduce(grow, EMPTY));

/** A checkpoint over the first entries, cosigned. */
export function checkpointOf(
  entries: readonly CheckedEntry[],
  size = entries.length,
  { key = LOG, witnesses = [] as readonly SignerKey[] } = {},
): string {
  const signed = signCheckpoint(
    { origin: key.name, size, root: rootOver(leavesOf(entries), { from: 0, to: size }) },
    key,
  );
  const note = parseNote(signed);
  if (note.kind === 'malformed') throw new Error(note.reason);
  return signed + witnesses.map((witness) => cosign(note, witness, 1_773_500_100)).join('');
}

export const vkey = (key = LOG) => vkeyOf(verifierOf(key, ED25519));

/** What `ledger export` writes. */
export const exported = (
  entries: readonly CheckedEntry[],
  checkpoint: string | undefined,
  key = LOG,
): string =>
  [
    headerLine({ kind: 'ledger', ...(checkpoint === undefined ? {} : { log: vkey(key), checkpoint }) }),
    ...entries.map((entry) => entryLine(entry)),
  ].join('');

/** What `ledger prove` writes. */
export function proved(
  entries: readonly CheckedEntry[],
  subject: string,
  checkpoint: string,
  size = entries.length,
): string {
  const leaves = leavesOf(entries);
  const header = headerLine({ kind: 'proof', subject, log: vkey(), checkpoint });
  const lines = entries
    .filter(({ actionId }) => actionId === subject)
    .map((entry) => {
      const hashes = inclusionRanges(entry.seq - 1, size).map((range) => rootOver(leaves, range));
      return entryLine(entry, { hashes, checkpoint });
    });
  return [header, ...lines].join('');
}
