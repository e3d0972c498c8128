import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, importJWK, SignJWT } from 'jose';
import { z } from 'zod';
import { jsonIn } from '../domain/shared/json.ts';
import { CommandError } from './command-error.ts';

const DAY_S = 24 * 60 * 60;

const publicKey = {
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  /** The key's thumbprint (RFC 7638), by which Temporal finds the key of a token. */
  kid: z.string(),
};
const keySchema = z.strictObject({ ...publicKey, d: z.string() });
const keySetSchema = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });

/** The key that tokens for Temporal are signed with: a JWK (RFC 7517) with its private half. */
export type TokenKey = z.infer<typeof keySchema>;

/** A permission of Temporal's default authorizer: a role in one namespace, or in all of them where it is `temporal-system`. */
export interface TemporalPermission {
  readonly namespace: string;
  readonly role: Role;
}
const ROLES = ['read', 'write', 'admin'] as const;
type Role = (typeof ROLES)[number];

export async function newTokenKey(): Promise<TokenKey> {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const jwk = await exportJWK(privateKey);
  return keySchema.parse({ ...jwk, kid: await calculateJwkThumbprint(jwk) });
}

/**
 * The text of a JWK set (RFC 7517, section 5) with the public half of a key added, for the server's TEMPORAL_JWT_KEY_SOURCE1.
 *
 * @param jwksBefore the set that the key joins, as text
 * @throws CommandError when `before` is no such set
 */
export function keySetWith(jwksBefore: string | undefined, { kty, crv, x, y, kid }: TokenKey): string {
  const parsed = keySetSchema.safeParse(jwksBefore === undefined ? { keys: [] } : jsonIn(jwksBefore));
  if (!parsed.success)
    throw new CommandError('what --jwks names is no set of public keys (RFC 7517), and stays as it is');
  const keys = [...parsed.data.keys, { kty, crv, x, y, kid, alg: 'ES256', use: 'sig' }];
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}

/** The permission in a text. @throws CommandError that says what a valid text looks like */
export function permissionIn(text: string): TemporalPermission {
  const [, namespace, role] = /^([^:\s]+):(\S+)$/.exec(text) ?? [];
  if (namespace === undefined || role === undefined)
    throw new CommandError(`${text} is no permission: write namespace and role, such as countersign:write`);
  const permission = ROLES.find((candidate) => candidate === role);
  if (permission === undefined)
    throw new CommandError(
      `${text} is no permission: the role is read, write or admin; a worker needs write`,
    );
  return { namespace, role: permission };
}

/** Signs a JSON Web Token (RFC 7519) as Temporal's default claim mapper reads it. */
export async function signToken(
  key: TokenKey,
  token: {
    /** The holder of the token. */
    readonly subject: string;
    readonly permissions: readonly TemporalPermission[];
    readonly days: number;
    readonly now: Date;
  },
): Promise<string> {
  const now = Math.floor(token.now.getTime() / 1000);
  return new SignJWT({ permissions: token.permissions.map(({ namespace, role }) => `${namespace}:${role}`) })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid })
    .setSubject(token.subject)
    .setIssuedAt(now)
    .setExpirationTime(now + token.days * DAY_S)
    .sign(await importJWK(key, 'ES256'));
}

/** The key in a text. @throws CommandError when the text is no such key; the message contains nothing of the text */
export function tokenKeyIn(text: string): TokenKey {
  const parsed = keySchema.safeParse(jsonIn(text));
  if (!parsed.success)
    throw new CommandError(
      'what --key names is no key for tokens: make one with "countersign temporal-auth key"',
    );
  return parsed.data;
}
