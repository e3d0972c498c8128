import { z } from 'zod';
import { iso } from '../../domain/shared/sentence.ts';
import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import type { Passkey } from '../ports/factors.ts';
import { Problem } from '../ports/problem.ts';
import { assertionSchema, checkAssertion } from './passkeys.ts';
import { decrypt, type Tried, tryCode } from './totp.ts';

/** A second proof of a person's identity, beside their session. */
export const proofSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('passkey'), assertion: assertionSchema }),
  z.object({ kind: z.literal('totp'), code: z.string().min(6).max(20) }),
]);
export type Proof = z.infer<typeof proofSchema>;

/**
 * Checks a second proof. A passkey's proof is bound to what it is about; a code is accepted once.
 *
 * @returns the kind of proof, as the signed statement names it
 * @throws Problem when the proof is not good
 */
export async function proveAgain(
  deps: GatewayDeps,
  signedIn: SignedIn,
  proof: Proof,
  about: string,
): Promise<'passkey' | 'totp'> {
  if (proof.kind === 'passkey') await checkAssertion(deps, signedIn, proof.assertion, about);
  else await useCode(deps, signedIn, proof.code, 'confirmed');
  return proof.kind;
}

/** Uses a code up. @throws Problem when the code is not the person's, was used before, or too many were wrong */
export async function useCode(
  deps: GatewayDeps,
  { person, session }: SignedIn,
  code: string,
  wantedState: 'confirmed' | 'unconfirmed',
): Promise<void> {
  const now = deps.now();
  const attempt = await deps.factors.changeTotp<Tried>(person, session.idHash, now, (totp) =>
    tryCode(totp, totp ? decrypt(totp.secret, person, deps.keys.totp) : '', code, now, wantedState),
  );
  switch (attempt.kind) {
    case 'right':
      return;
    case 'wrong':
      throw new Problem('step-up-refused', 'the code is wrong, or was used before: wait for the next one');
    case 'none':
      throw new Problem('step-up-refused', 'you have no authenticator app set up');
    case 'locked':
      throw new Problem('locked', `too many wrong codes: no code is looked at until ${iso(attempt.until)}`, {
        retryAfter: Math.ceil((attempt.until - now) / 1_000),
      });
  }
}

/**
 * Checks a proof with a factor that the person already has. Without this, a stolen session could add a factor of its own.
 *
 * @returns the passkeys that the person has
 */
export async function requireExistingFactor(
  deps: GatewayDeps,
  signedIn: SignedIn,
  proof: Proof | undefined,
): Promise<readonly Passkey[]> {
  const { passkeys, totp } = await factorsOf(deps, signedIn.person);
  if (passkeys.length === 0 && !totp) return passkeys;
  if (!proof)
    throw new Problem('step-up-needed', 'prove who you are with a passkey or a code that you have already');
  await proveAgain(deps, signedIn, proof, CHANGE_FACTORS);
  return passkeys;
}

/** What a passkey proves when factors are added or removed. */
export const CHANGE_FACTORS = 'change the ways in which I prove who I am';

/** The factors that a person can prove themselves with, and whether they began with an authenticator app that cannot be used yet. */
export async function factorsOf({ factors }: Pick<GatewayDeps, 'factors'>, person: string) {
  const [passkeys, totp] = await Promise.all([factors.passkeysOf(person), factors.totpOf(person)]);
  const isConfirmed = totp?.confirmedAt !== undefined;
  return { passkeys, totp: isConfirmed, totpBegun: totp !== undefined && !isConfirmed };
}
