import { p256 } from '@noble/curves/nist.js';
import { compactDecrypt, importJWK } from 'jose';
import type { ContextPublicKey, Contexts } from '../../activities/ports/contexts.ts';
import { canonicalJson } from '../../domain/shared/digest.ts';
import { jsonIn } from '../../domain/shared/json.ts';
import type { Database } from './database.ts';
import { derivedKey, keyIdOf, sealedWith } from './sealed-context.ts';

/**
 * The contexts of agents in PostgreSQL.
 *
 * @param key the secret `context` of the database. The key of the store and the one that clients encrypt to both follow from it
 */
export function createContexts({ pool }: Pick<Database, 'pool'>, key: Uint8Array): Contexts {
  const { publicKey, d } = transportKeys(key);
  const privateKey = importJWK({ ...publicKey, d }, 'ECDH-ES');
  const keyId = keyIdOf(key);
  return {
    publicKey,

    open: async (jwe) => {
      try {
        const { plaintext } = await compactDecrypt(jwe, await privateKey, {
          keyManagementAlgorithms: ['ECDH-ES'],
          contentEncryptionAlgorithms: ['A256GCM'],
        });
        return jsonIn(new TextDecoder().decode(plaintext));
      } catch {
        return undefined;
      }
    },

    keep: async (actionId, digest, context, at) => {
      await pool.query(
        `insert into countersign_contexts (action_id, digest, key_id, sealed, kept_at)
         values ($1, $2, $3, $4, $5) on conflict do nothing`,
        [actionId, digest, keyId, sealedWith(key, { actionId, digest }, canonicalJson(context)), at],
      );
    },
  };
}

function transportKeys(key: Uint8Array): { readonly publicKey: ContextPublicKey; readonly d: string } {
  const secret = derivedKey(key, 'transport');
  const point = p256.getPublicKey(secret, false);
  const coordinate = (from: number) => base64url(point.subarray(from, from + 32));
  return {
    publicKey: { kty: 'EC', crv: 'P-256', x: coordinate(1), y: coordinate(33) },
    d: base64url(secret),
  };
}

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');
