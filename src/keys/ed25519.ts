import { generateKeyPairSync } from 'node:crypto';
import { CompactSign, importJWK } from 'jose';
import { z } from 'zod';
import { keyId } from '../domain/shared/jws.ts';

/** An Ed25519 key with its private half, as a JWK (RFC 8037). */
export const privateJwkSchema = z.strictObject({
  kty: z.literal('OKP'),
  crv: z.literal('Ed25519'),
  x: z.string(),
  d: z.string(),
});
export type PrivateJwk = z.infer<typeof privateJwkSchema>;

export function newPrivateJwk(): PrivateJwk {
  const { x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  return privateJwkSchema.parse({ kty: 'OKP', crv: 'Ed25519', x, d });
}

/** Signs JSON as a compact JWS (RFC 7515) with EdDSA. */
export async function signerWith(jwk: PrivateJwk): Promise<(payload: object) => Promise<string>> {
  const key = await importJWK(jwk, 'EdDSA');
  const kid = keyId(jwk.x);
  return (payload) =>
    new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
      .setProtectedHeader({ alg: 'EdDSA', kid })
      .sign(key);
}
