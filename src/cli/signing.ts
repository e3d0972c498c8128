import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, importJWK } from 'jose';
import { z } from 'zod';
import type { DecisionStatement } from '../domain/decision.ts';
import { keyId } from '../domain/jws.ts';

/** A person's private key as kept in their key file: an OKP JWK (RFC 8037) with the person it belongs to. */
export const keyFileSchema = z.strictObject({
  person: z.string(),
  jwk: z.strictObject({ kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: z.string(), d: z.string() }),
});
export type KeyFile = z.infer<typeof keyFileSchema>;

/** A new Ed25519 key. `jwk.x` goes into the catalog; the rest never leaves the person. */
export function newKey(person: string): KeyFile {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return keyFileSchema.parse({ person, jwk: { kty: 'OKP', crv: 'Ed25519', x, d } });
}

/** Signs a decision as a compact JWS (RFC 7515) with EdDSA. */
export async function signDecision(statement: DecisionStatement, { jwk }: KeyFile): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(statement));
  return new CompactSign(payload)
    .setProtectedHeader({ alg: 'EdDSA', kid: keyId(jwk.x) })
    .sign(await importJWK(jwk, 'EdDSA'));
}
