import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { canonicalJson } from './digest.ts';

/** A value that one of our workers has verified and sealed, so that another worker can rely on it when the ledger cannot be read. */
export interface Sealed<T> {
  readonly what: T;
  /** HMAC-SHA-256 over the RFC 8785 canonical JSON of the value, in lower-case hex, with the key that all workers share. */
  readonly seal: string;
}

export const sealed = <T>(what: T, key: Uint8Array): Sealed<T> => ({ what, seal: sealOf(what, key) });

/** Returns the sealed value; undefined when it was changed, or sealed with another key. */
export function unsealed<T>({ what, seal }: Sealed<T>, key: Uint8Array): T | undefined {
  return equal(sealOf(what, key), seal) ? what : undefined;
}

const sealOf = (what: unknown, key: Uint8Array) =>
  bytesToHex(hmac(sha256, key, utf8ToBytes(canonicalJson(what))));

/** Compares in a time that does not depend on where they differ. */
function equal(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  return (
    [...one].reduce(
      (difference, letter, i) => difference | (letter.charCodeAt(0) ^ other.charCodeAt(i)),
      0,
    ) === 0
  );
}
