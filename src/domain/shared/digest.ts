import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import canonicalize from 'canonicalize';

/** Returns the RFC 8785 canonical JSON. Throws for values that JSON cannot represent, for example NaN or a lone surrogate. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

/** Returns the lower-case hex SHA-256 over the UTF-8 of a text, as `sha256sum` prints it for a file with that text. */
export const digestOfText = (text: string): string => bytesToHex(sha256(utf8ToBytes(text)));

/** Returns the lower-case hex SHA-256 over the RFC 8785 canonical JSON of any JSON value. */
export const digestOf = (value: unknown): string => digestOfText(canonicalJson(value));
