import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { base64 } from '@scure/base';

/** Signature types of C2SP signed-note. */
export const ED25519 = 0x01;
export const COSIGNATURE = 0x04;

const KEY_ID_LENGTH = 4;
const ED25519_KEY_LENGTH = 32;
/** A note with more signatures is refused. C2SP asks for 16 at least. */
const MOST_SIGNATURES = 100;

/** A public key, as a verifier key ("vkey") has it. */
export interface VerifierKey {
  readonly name: string;
  readonly type: number;
  readonly publicKey: Uint8Array;
}

/** A key that signs. */
export interface SignerKey {
  readonly name: string;
  /** The 32 bytes of an Ed25519 private key (RFC 8032). */
  readonly seed: Uint8Array;
}

export interface NoteSignature {
  readonly name: string;
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface SignedNote {
  readonly kind: 'note';
  /** What is signed, up to and with its last newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export type ReadNote = SignedNote | { readonly kind: 'malformed'; readonly reason: string };

/** Whether a key may have this name: no spaces, no plus, no control characters. */
export const isKeyName = (name: string): boolean => /^[^\s\p{White_Space}+\p{Control}]+$/u.test(name);

/** The id of a key, as 8 hex digits. It tells keys apart and proves nothing. */
export const keyIdOf = ({ name, type, publicKey }: VerifierKey): string =>
  bytesToHex(
    sha256(concatBytes(utf8ToBytes(`${name}\n`), Uint8Array.of(type), publicKey)).slice(0, KEY_ID_LENGTH),
  );

/** Writes a key as verifiers are given it: `name+id+key`. */
export const vkeyOf = (key: VerifierKey): string =>
  `${key.name}+${keyIdOf(key)}+${base64.encode(concatBytes(Uint8Array.of(key.type), key.publicKey))}`;

/** Reads a verifier key with Ed25519. Undefined: it is none, or its id is not that of its key. */
export function parseVkey(text: string): VerifierKey | undefined {
  const [, name = '', id = '', encoded = ''] = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text) ?? [];
  const bytes = decoded(encoded);
  if (!isKeyName(name) || bytes?.length !== 1 + ED25519_KEY_LENGTH) return undefined;
  const key = { name, type: bytes[0] ?? 0, publicKey: bytes.subarray(1) };
  const isKnown = key.type === ED25519 || key.type === COSIGNATURE;
  return isKnown && keyIdOf(key) === id ? key : undefined;
}

export const verifierOf = ({ name, seed }: SignerKey, type: number): VerifierKey => ({
  name,
  type,
  publicKey: ed25519.getPublicKey(seed),
});

/** The line of a signature, with its newline. */
export function signatureLine(key: VerifierKey, signature: Uint8Array): string {
  const bytes = concatBytes(idBytes(key), signature);
  return `— ${key.name} ${base64.encode(bytes)}\n`;
}

const idBytes = (key: VerifierKey) =>
  Uint8Array.from(keyIdOf(key).match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));

/** Signs a text, which ends in a newline, and returns the note. */
export function signNote(text: string, key: SignerKey): string {
  const signature = ed25519.sign(utf8ToBytes(text), key.seed);
  return `${text}\n${signatureLine(verifierOf(key, ED25519), signature)}`;
}

/** Reads a note, without any proof yet: `verify` its signatures before its text is believed. */
export function parseNote(note: string): ReadNote {
  const malformed = (reason: string): ReadNote => ({ kind: 'malformed', reason });
  if (/[\p{Control}\p{Surrogate}]/u.test(note.replaceAll('\n', '')))
    return malformed('it has a control character');
  const end = note.lastIndexOf('\n\n');
  if (end < 0) return malformed('it has no empty line before its signatures');
  const text = note.slice(0, end + 1);
  const block = note.slice(end + 2);
  if (!block.endsWith('\n')) return malformed('its last line has no end');
  const lines = block.slice(0, -1).split('\n');
  if (lines.length > MOST_SIGNATURES) return malformed(`it has more than ${MOST_SIGNATURES} signatures`);
  const signatures = lines.map(parseSignature);
  const bad = signatures.indexOf(undefined);
  if (bad >= 0) return malformed(`line ${bad + 1} after the empty line is no signature`);
  return { kind: 'note', text, signatures: signatures.filter((signature) => signature !== undefined) };
}

export function parseSignature(line: string): NoteSignature | undefined {
  const [, name = '', encoded = ''] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = decoded(encoded);
  if (!isKeyName(name) || bytes === undefined || bytes.length <= KEY_ID_LENGTH) return undefined;
  return { name, keyId: bytesToHex(bytes.slice(0, KEY_ID_LENGTH)), signature: bytes.slice(KEY_ID_LENGTH) };
}

/** What the signatures of a note that claim to be by this key are worth. */
export type Signed = 'signed' | 'notSigned' | 'forged';

/** Whether a key of type Ed25519 signed a note. A signature that names it and does not verify makes the note worthless. */
export function signedBy({ text, signatures }: SignedNote, key: VerifierKey): Signed {
  const id = keyIdOf(key);
  const claimed = signatures.filter(({ name, keyId }) => name === key.name && keyId === id);
  if (claimed.length === 0) return 'notSigned';
  const message = utf8ToBytes(text);
  return claimed.every(({ signature }) => isSignature(signature, message, key)) ? 'signed' : 'forged';
}

/** Whether an Ed25519 signature is that of the key, by the strict rules of RFC 8032. It never throws. */
export function isSignature(signature: Uint8Array, message: Uint8Array, { publicKey }: VerifierKey): boolean {
  try {
    return ed25519.verify(signature, message, publicKey, { zip215: false });
  } catch {
    return false;
  }
}

export function decoded(text: string): Uint8Array | undefined {
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
}
