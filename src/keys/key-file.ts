import { hkdfSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { jsonIn } from '../domain/shared/json.ts';
import { newPrivateJwk, privateJwkSchema, signerWith } from './ed25519.ts';

/** What the gateway keeps to itself: the key that it signs decisions and orders with, and a secret that other keys come from. */
const keyFileSchema = z.strictObject({
  jwk: privateJwkSchema,
  secret: z.base64url().min(43, 'must be 32 bytes of base64url'),
});
export type GatewayKeyFile = z.infer<typeof keyFileSchema>;

/**
 * A new key. With the secret of the one before it, what was encrypted stays readable when the signing key is replaced.
 */
export function newGatewayKey(secret = randomBytes(32).toString('base64url')): GatewayKeyFile {
  return { jwk: newPrivateJwk(), secret };
}

/** @throws Error that names the file, and what is wrong with it, but nothing of what is in it */
export async function readGatewayKey(file: string): Promise<GatewayKeyFile> {
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new Error(`the gateway's key cannot be read: ${error.message}`);
  });
  const parsed = keyFileSchema.safeParse(jsonIn(text));
  if (!parsed.success)
    throw new Error(`${file} is not a key of a gateway: make one with "countersign keys --gateway"`);
  return parsed.data;
}

/** Keys for each use, so that none of them says anything about another (HKDF, RFC 5869). */
export interface GatewayKeys {
  /** Public half of the signing key, as countersign.yaml lists it. */
  readonly x: string;
  sign(payload: object): Promise<string>;
  readonly csrf: Buffer;
  readonly login: Buffer;
  readonly totp: Buffer;
}

export async function openGatewayKey({ jwk, secret }: GatewayKeyFile): Promise<GatewayKeys> {
  const derivedKey = (use: string) =>
    Buffer.from(hkdfSync('sha256', Buffer.from(secret, 'base64url'), '', `countersign gateway ${use}`, 32));
  return {
    x: jwk.x,
    sign: await signerWith(jwk),
    csrf: derivedKey('csrf'),
    login: derivedKey('login'),
    totp: derivedKey('totp'),
  };
}
