import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from 'node:crypto';
import { canonicalJson, digestOf } from '../../domain/shared/digest.ts';
import { jsonIn } from '../../domain/shared/json.ts';

/** A context as it is stored. */
export interface StoredContext {
  readonly actionId: string;
  readonly digest: string;
  readonly keyId: string;
  /** Absent: it was erased. */
  readonly sealed?: Uint8Array | undefined;
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The name of a key, which says nothing of it: the first 16 hex digits of its SHA-256. */
export const keyIdOf = (key: Uint8Array): string =>
  createHash('sha256').update('countersign context key').update(key).digest('hex').slice(0, 16);

/** What came of decrypting a stored context. */
export type OpenedContext =
  | { readonly kind: 'opened'; readonly context: unknown }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Decrypts a stored context, and checks that it is the one of this action with this digest. */
export function openStored(
  key: Uint8Array,
  { actionId, digest, keyId, sealed }: StoredContext,
): OpenedContext {
  if (sealed === undefined) return unreadable('its context was erased');
  if (keyId !== keyIdOf(key)) return unreadable(`its context is encrypted with another key, ${keyId}`);
  try {
    const decipher = createDecipheriv('aes-256-gcm', storeKey(key), sealed.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(boundTo({ actionId, digest }))
      .setAuthTag(sealed.subarray(-TAG_BYTES));
    const text = Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)),
      decipher.final(),
    ]).toString();
    const context = jsonIn(text);
    return digestOf(context) === digest
      ? { kind: 'opened', context }
      : unreadable('its context is not the one that its proposal names');
  } catch {
    return unreadable('its context was changed in the database, or belongs to another action');
  }
}

const unreadable = (why: string) => ({ kind: 'unreadable', why }) as const;

/** Encrypts a context by AES-256-GCM, bound to its action and its digest. */
export function sealedWith(
  key: Uint8Array,
  about: Pick<StoredContext, 'actionId' | 'digest'>,
  text: string,
): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', storeKey(key), nonce, { authTagLength: TAG_BYTES }).setAAD(
    boundTo(about),
  );
  return Buffer.concat([nonce, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
}

/** What a stored context is bound to: moved to another row, it does not decrypt. */
const boundTo = ({ actionId, digest }: Pick<StoredContext, 'actionId' | 'digest'>) =>
  Buffer.from(canonicalJson({ actionId, digest }));

const storeKey = (key: Uint8Array) => derivedKey(key, 'store');

/** A key of 32 bytes for one purpose. @param key the secret `context` of the database */
export const derivedKey = (key: Uint8Array, purpose: 'store' | 'transport'): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', key, '', `countersign context ${purpose}`, 32));
