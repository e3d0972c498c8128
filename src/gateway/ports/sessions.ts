import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One signed-in browser. Times in milliseconds since the epoch. */
export interface Session {
  /** The SHA-256 of the id in the cookie. The database alone therefore lets nobody sign in. */
  readonly idHash: string;
  readonly person: string;
  readonly signedInAt: number;
  /** When the person last proved who they are, as far as the provider says. Absent: it may be long ago. */
  readonly provedAt?: number | undefined;
  readonly seenAt: number;
  /** How the person signed in. */
  readonly by: 'oidc' | 'development';
}

/** Where sessions are kept. */
export interface Sessions {
  begin(session: Session): Promise<void>;
  /** The session, if it has been seen since `idleFrom` and began after `bornFrom`. */
  look(idHash: string, limits: Limits): Promise<Session | undefined>;
  /** Marks the session as used. */
  touch(idHash: string, now: number): Promise<void>;
  end(idHash: string): Promise<void>;
  /** Ends every other session of the person, after a factor was added or removed. */
  endOthers(person: string, idHash: string): Promise<void>;
  /** Removes what can no longer be used. */
  sweep(limits: Limits & { readonly now: number }): Promise<void>;
}

interface Limits {
  readonly idleFrom: number;
  readonly bornFrom: number;
}

export interface SessionLimits {
  /** How long an unused session lasts, in milliseconds. */
  readonly idleMs: number;
  /** How long a session lasts at most, even if it is used all the time, in milliseconds. */
  readonly mostMs: number;
}

/** How long a proof of identity counts as recent. */
export const FRESH_MS = 5 * 60_000;

export const newId = () => randomBytes(32).toString('base64url');

export const hashOf = (id: string) => createHash('sha256').update(id).digest('hex');

/** The CSRF token of one session. It is worth nothing in another session. */
export const csrfTokenOf = (idHash: string, key: Buffer) =>
  createHmac('sha256', key).update(idHash).digest('base64url');

export function sameText(a: string, b: string): boolean {
  const [first, second] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}

export const limitsAt = (now: number, { idleMs, mostMs }: SessionLimits): Limits => ({
  idleFrom: now - idleMs,
  bornFrom: now - mostMs,
});
