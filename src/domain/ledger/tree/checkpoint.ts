import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';
import type { Hash, TreeHead } from './merkle.ts';
import {
  COSIGNATURE,
  decoded,
  isSignature,
  keyIdOf,
  parseNote,
  type Signed,
  type SignedNote,
  type SignerKey,
  signatureLine,
  signNote,
  type VerifierKey,
  verifierOf,
} from './signed-note.ts';

/** The largest number of entries that a checkpoint may name. */
const LONGEST = Number.MAX_SAFE_INTEGER;
const HASH_LENGTH = 32;

/** What a log says of itself: its name, and the root over its first `size` entries (C2SP tlog-checkpoint). */
export interface Checkpoint extends TreeHead {
  readonly origin: string;
}

export type ReadCheckpoint =
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint; readonly note: SignedNote }
  | { readonly kind: 'malformed'; readonly reason: string };

const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${base64.encode(root)}\n`;

export const signCheckpoint = (checkpoint: Checkpoint, key: SignerKey): string =>
  signNote(checkpointText(checkpoint), key);

/** Reads a checkpoint, without any proof yet of who signed it. Lines after the third are kept in the note and mean nothing here. */
export function parseCheckpoint(text: string): ReadCheckpoint {
  const note = parseNote(text);
  if (note.kind === 'malformed') return note;
  const [origin = '', sizeText = '', rootText = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const size = sizeIn(sizeText);
  const root = hashIn(rootText);
  if (origin === '') return { kind: 'malformed', reason: 'its first line, the name of the log, is empty' };
  if (size === undefined) return { kind: 'malformed', reason: 'its second line is not a number of entries' };
  if (root === undefined)
    return { kind: 'malformed', reason: 'its third line is not a SHA-256 hash in base64' };
  if (extensions.includes('')) return { kind: 'malformed', reason: 'it has an empty line in its text' };
  return { kind: 'checkpoint', checkpoint: { origin, size, root }, note };
}

/** A number of entries, as C2SP writes it: no sign and no leading zero. */
export function sizeIn(text: string): number | undefined {
  const size = /^(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : Number.NaN;
  return size <= LONGEST ? size : undefined;
}

export function hashIn(text: string): Hash | undefined {
  const bytes = decoded(text);
  return bytes?.length === HASH_LENGTH ? bytes : undefined;
}

/** What a witness signs of a checkpoint (C2SP tlog-cosignature). @param time seconds since the epoch */
const cosigned = (time: bigint, text: string) => utf8ToBytes(`cosignature/v1\ntime ${time}\n${text}`);

/** The line with which a witness says that it saw this checkpoint as the newest one. @param time seconds since the epoch */
export function cosign({ text }: SignedNote, key: SignerKey, time: number): string {
  const signature = ed25519.sign(cosigned(BigInt(time), text), key.seed);
  return signatureLine(verifierOf(key, COSIGNATURE), concatBytes(bigEndian(time), signature));
}

function bigEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(TIME_LENGTH);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value));
  return bytes;
}

const TIME_LENGTH = 8;

export interface Cosigned {
  readonly kind: Signed;
  /** When the witness says that it saw it, in seconds since the epoch; 0 where it did not. */
  readonly time: number;
}

/** Whether a witness cosigned a checkpoint, and when. A time after 2^53 - 1 is none. */
export function cosignedBy({ text, signatures }: SignedNote, witness: VerifierKey): Cosigned {
  const id = keyIdOf(witness);
  const claimed = signatures.filter(({ name, keyId }) => name === witness.name && keyId === id);
  let latest = 0;
  for (const { signature } of claimed) {
    if (signature.length <= TIME_LENGTH) return { kind: 'forged', time: 0 };
    const time = new DataView(signature.slice(0, TIME_LENGTH).buffer).getBigUint64(0);
    const isGood =
      time <= BigInt(Number.MAX_SAFE_INTEGER) &&
      isSignature(signature.slice(TIME_LENGTH), cosigned(time, text), witness);
    if (!isGood) return { kind: 'forged', time: 0 };
    latest = Math.max(latest, Number(time));
  }
  return { kind: claimed.length === 0 ? 'notSigned' : 'signed', time: latest };
}
