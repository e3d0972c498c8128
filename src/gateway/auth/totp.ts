import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { generateSecret, generateURI, verifySync } from 'otplib';
import type { Totp } from '../ports/factors.ts';

/** The number of wrong codes in a row that are allowed. */
export const TRIES = 5;
const FIRST_WAIT_MS = 30_000;
const LONGEST_WAIT_MS = 24 * 3_600_000;
/**
 * The most wrong codes a day from all sessions that never showed a right one. Of a million codes three are right at a time. So an
 * attacker who can open any number of sessions guesses one in 18 years on average. One session has 16 tries a day.
 */
const MOST_OF_ALL = 50;

/** How far a clock may be off, in seconds: one step before and after. */
const TOLERANCE = 30;

export type Tried =
  | { readonly kind: 'right' }
  | { readonly kind: 'wrong' }
  | { readonly kind: 'none' }
  | { readonly kind: 'locked'; readonly until: number };

/**
 * Tries a code (RFC 6238: six digits, SHA-1, 30 s). Each code is accepted once. After the fifth wrong code of a session, its codes
 * are not checked for 30 s, and for twice as long after each further wrong one, up to a day. Other sessions of the person go on.
 *
 * @param wantedState whether an unconfirmed app counts: its first right code confirms it
 */
export function tryCode(
  totp: Totp | undefined,
  secret: string,
  code: string,
  now: number,
  wantedState: 'confirmed' | 'unconfirmed',
): { readonly result: Tried; readonly totp?: Totp } {
  if (!totp || (totp.confirmedAt !== undefined) !== (wantedState === 'confirmed'))
    return { result: { kind: 'none' } };
  if (totp.lockedUntil > now) return { result: { kind: 'locked', until: totp.lockedUntil } };
  const { proved = false, others = { failures: 0, until: 0 } } = totp;
  if (!proved && others.failures + totp.failures >= MOST_OF_ALL)
    return { result: { kind: 'locked', until: Math.max(others.until, now + FIRST_WAIT_MS) } };
  const step = stepOf(secret, code, now, totp.lastStep);
  if (step === undefined) {
    const failures = totp.failures + 1;
    const lockedUntil = failures < TRIES ? 0 : now + waitAfter(failures);
    const result: Tried = lockedUntil > now ? { kind: 'locked', until: lockedUntil } : { kind: 'wrong' };
    return { result, totp: { ...totp, failures, lockedUntil } };
  }
  const { confirmedAt = now } = totp;
  return {
    result: { kind: 'right' },
    totp: { ...totp, confirmedAt, lastStep: step, failures: 0, lockedUntil: 0, proved: true },
  };
}

const waitAfter = (failures: number) =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(20, failures - TRIES));

function stepOf(secret: string, code: string, now: number, lastStep: number): number | undefined {
  const token = code.replaceAll(/[ -]/g, '');
  if (!/^\d{6}$/.test(token)) return undefined;
  const epoch = Math.floor(now / 1_000);
  const check = verifySync({ secret, token, epoch, epochTolerance: TOLERANCE, afterTimeStep: lastStep });
  return check.valid && 'timeStep' in check ? check.timeStep : undefined;
}

/** A new secret, encrypted for the database, and the address that an authenticator app reads it from. */
export function newTotp(person: string, key: Buffer, host: string) {
  const secret = generateSecret({ length: 20 });
  const totp: Totp = { secret: encrypt(secret, person, key), lastStep: 0, failures: 0, lockedUntil: 0 };
  // A colon separates issuer and account in the address (Key URI Format), and some apps refuse a second one.
  const issuer = `Countersign ${host.replaceAll(/[:[\]]+/g, ' ').trim()}`;
  return { totp, secret, uri: generateURI({ issuer, label: person, secret }) };
}

/** Encrypts a secret with AES-256-GCM, bound to the person: a copy for another person cannot be decrypted. */
function encrypt(secret: string, person: string, key: Buffer): string {
  const iv = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(person));
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), ciphertext]).toString('base64url');
}

/** Decrypts a secret. @throws Error when it was encrypted with another key, or for another person */
export function decrypt(sealedSecret: string, person: string, key: Buffer): string {
  const bytes = Buffer.from(sealedSecret, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, 12))
    .setAAD(Buffer.from(person))
    .setAuthTag(bytes.subarray(12, 28));
  return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]).toString('utf8');
}
