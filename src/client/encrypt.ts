import { CompactEncrypt, importJWK, type JWK } from 'jose';
import type { AgentContext } from '../domain/proposal/context.ts';
import { canonicalJson } from '../domain/shared/digest.ts';

/** Encrypts a context to the workers of an installation: JWE (RFC 7516) by ECDH-ES and A256GCM. */
export const encryptedTo = async (publicKey: JWK, context: AgentContext): Promise<string> =>
  new CompactEncrypt(new TextEncoder().encode(canonicalJson(context)))
    .setProtectedHeader({ alg: 'ECDH-ES', enc: 'A256GCM' })
    .encrypt(await importJWK(publicKey, 'ECDH-ES'));
