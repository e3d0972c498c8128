import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import { canonicalJson } from './digest.ts';
import { exactJsonIn } from './exact-json.ts';
import { faultsText } from './json.ts';

export type OpenedJws =
  | { readonly kind: 'verified'; readonly payload: unknown; readonly keyId: string }
  | { readonly kind: 'refused'; readonly reason: string };

/** The longest token, in characters. A longer one is refused before any part of it is decoded. */
const MAX_TOKEN_LENGTH = 16_384;

/**
 * Verifies a compact JWS (RFC 7515) signed with EdDSA over Ed25519 (RFC 8037). It is synchronous and free of I/O, because an update
 * validator must answer at once inside the workflow. The signature is checked over the bytes as received, before the payload is parsed.
 *
 * @param keys public keys (the `x` member of an OKP JWK); one of them must have signed
 * @param longest the most characters that a token may have
 */
export function openJws(token: string, keys: readonly string[], longest = MAX_TOKEN_LENGTH): OpenedJws {
  if (token.length > longest) return refusal(`the token is longer than ${longest} characters`);
  const parts = token.split('.');
  const [header, payload, signature] = parts;
  if (parts.length !== 3 || !header || !payload || !signature) return refusal('it is not a compact JWS');
  try {
    const { alg, kid, ...otherMembers } = parseObject(header);
    if (alg !== 'EdDSA') return refusal('its algorithm is not "EdDSA", the only one that is taken');
    if ('crit' in otherMembers || 'b64' in otherMembers)
      return refusal('it asks for a JWS extension that is not supported');
    const key = keys.find((x) => keyId(x) === kid);
    if (key === undefined) return refusal('it names a signing key that is not registered for this person');
    const signedBytes = utf8ToBytes(`${header}.${payload}`);
    if (
      !ed25519.verify(base64urlnopad.decode(signature), signedBytes, base64urlnopad.decode(key), {
        zip215: false,
      })
    ) {
      return refusal('its signature does not verify');
    }
    const json = exactJsonIn(text(payload));
    if (json.kind === 'altered')
      return refusal(`what it says would be read as something else: ${faultsText(json.faults)}`);
    if (json.kind === 'none') return refusal('it cannot be decoded');
    return { kind: 'verified', payload: json.value, keyId: String(kid) };
  } catch {
    return refusal('it cannot be decoded');
  }
}

/** Returns the payload without any proof: only to learn whose keys to verify it with. Undefined when it cannot be decoded. */
export function peekJws(token: string): unknown {
  const payload = token.length > MAX_TOKEN_LENGTH ? undefined : token.split('.')[1];
  if (!payload) return undefined;
  try {
    return JSON.parse(text(payload));
  } catch {
    return undefined;
  }
}

/** Returns the key id of an Ed25519 public key: its JWK thumbprint (RFC 7638). */
export function keyId(x: string): string {
  return base64urlnopad.encode(sha256(utf8ToBytes(canonicalJson({ crv: 'Ed25519', kty: 'OKP', x }))));
}

const refusal = (reason: string): OpenedJws => ({ kind: 'refused', reason });

const text = (encoded: string): string => new TextDecoder().decode(base64urlnopad.decode(encoded));

function parseObject(encoded: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text(encoded));
  if (typeof value !== 'object' || value === null) throw new TypeError('not an object');
  return { ...value };
}
