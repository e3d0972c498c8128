import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './digest.ts';

/** Something that one of our workers made sure of, so that another can rely on it where the ledger cannot be asked. */
export interface Sealed<T> {
  readonly what: T;
  /** HMAC-SHA-256 over its RFC 8785 canonical JSON, in lower-case hex, with the key that all workers share. */
  readonly seal: string;
}

export const sealed = <T>(what: T, key: Uint8Array): Sealed<T> => ({ what, seal: sealOf(what, key) });

/** What was sealed; undefined where it is not as it was sealed, or was sealed with another key. */
export function unsealed<T>({ what, seal }: Sealed<T>, key: Uint8Array): T | undefined {
  return equal(sealOf(what, key), seal) ? what : undefined;
}

const sealOf = (what: unknown, key: Uint8Array) =>
  bytesToHex(hmac(sha256, key, utf8ToBytes(canonicalJson(what))));

/** In a time that does not tell where they differ. */
function equal(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  return (
    [...one].reduce((differing, letter, i) => differing | (letter.charCodeAt(0) ^ other.charCodeAt(i)), 0) ===
    0
  );
}
