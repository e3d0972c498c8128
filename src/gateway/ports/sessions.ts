import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** One signed-in browser. Times in milliseconds since the epoch. */
export interface Session {
  /** SHA-256 of the id in the cookie: whoever reads the database cannot sign in with what is there. */
  readonly idHash: string;
  readonly person: string;
  readonly signedInAt: number;
  /** When the person last proved who they are, as far as the provider told. Absent: it may have been long ago. */
  readonly provedAt?: number | undefined;
  readonly seenAt: number;
  /** How they signed in. */
  readonly by: 'oidc' | 'development';
}

/** Where sessions are kept. */
export interface Sessions {
  begin(session: Session): Promise<void>;
  /** The session, if it has been seen since `idleFrom` and began after `bornFrom`. */
  look(idHash: string, limits: Limits): Promise<Session | undefined>;
  /** Marks it as used. */
  touch(idHash: string, now: number): Promise<void>;
  end(idHash: string): Promise<void>;
  /** Ends every other session of the person: after a factor was added or removed. */
  endOthers(person: string, idHash: string): Promise<void>;
  /** Removes what nobody can use any more. */
  sweep(limits: Limits & { readonly now: number }): Promise<void>;
}

interface Limits {
  readonly idleFrom: number;
  readonly bornFrom: number;
}

export interface SessionLimits {
  /** Unused for so long, it ends. */
  readonly idleMs: number;
  /** However much it is used, it ends after so long. */
  readonly mostMs: number;
}

/** Proofs of who one is count as fresh for so long. */
export const FRESH_MS = 5 * 60_000;

export const newId = () => randomBytes(32).toString('base64url');

export const hashOf = (id: string) => createHash('sha256').update(id).digest('hex');

/** Of one session alone: what one page was given is worth nothing in another session. */
export const csrfTokenOf = (idHash: string, key: Buffer) =>
  createHmac('sha256', key).update(idHash).digest('base64url');

export function sameText(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => createHash('sha256').update(text).digest());
  return one !== undefined && other !== undefined && timingSafeEqual(one, other);
}

export const limitsAt = (now: number, { idleMs, mostMs }: SessionLimits): Limits => ({
  idleFrom: now - idleMs,
  bornFrom: now - mostMs,
});
