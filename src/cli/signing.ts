import { generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { CompactSign, importJWK } from 'jose';
import { z } from 'zod';
import { keyId } from '../domain/jws.ts';
import type { Order } from '../domain/order.ts';
import type { DecisionStatement } from '../domain/statement.ts';
import { CommandError } from './command-error.ts';

/** A person's private key as kept in their key file: an OKP JWK (RFC 8037) with the person it belongs to. */
const keyFileSchema = z.strictObject({
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
export const signDecision = (statement: DecisionStatement, key: KeyFile) => sign(statement, key);

/** Signs an order in the same way. */
export const signOrder = (order: Order, key: KeyFile) => sign(order, key);

async function sign(payload: object, { jwk }: KeyFile): Promise<string> {
  return new CompactSign(new TextEncoder().encode(JSON.stringify(payload)))
    .setProtectedHeader({ alg: 'EdDSA', kid: keyId(jwk.x) })
    .sign(await importJWK(jwk, 'EdDSA'));
}

/** Reads a key file that "countersign keys" made. */
export async function readKey(file: string): Promise<KeyFile> {
  if (file === '') throw new CommandError('name your key file with --key (make one with "countersign keys")');
  try {
    return keyFileSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : error;
    throw new CommandError(`${file} is not a key file: ${reason}`);
  }
}
