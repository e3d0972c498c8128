import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import type { Passkey } from '../ports/factors.ts';
import { Problem } from '../ports/problem.ts';
import { requireFresh } from './guard.ts';
import { type Attestation, addPasskey, attestationOptions, registering } from './passkeys.ts';
import { type Proof, requireExistingFactor, useCode } from './step-up.ts';
import { newTotp } from './totp.ts';

/**
 * What changes the ways in which people prove who they are. Each needs a sign-in of the last minutes and, where there is one,
 * a factor that is there already; each that counts from then on ends every other session of the person.
 *
 * @throws Problem when it is not proved, or there is nothing to change
 */
export function factorChanges(deps: GatewayDeps) {
  const { factors, sessions } = deps;

  async function requireProof(signedIn: SignedIn, proof: Proof | undefined): Promise<readonly Passkey[]> {
    requireFresh(signedIn, deps.now());
    return requireExistingFactor(deps, signedIn, proof);
  }

  const endOthers = ({ person, session }: SignedIn) => sessions.endOthers(person, session.idHash);

  /** Ends the other sessions also where nothing is left to remove: who removes what was stolen means the thief's session too. */
  async function removed(signedIn: SignedIn, was: boolean): Promise<void> {
    await endOthers(signedIn);
    if (!was) throw new Problem('not-found', 'you have nothing like it to remove');
  }

  return {
    beginPasskey: async (signedIn: SignedIn, proof: Proof | undefined) => {
      const about = await registering(deps, signedIn.person);
      await requireProof(signedIn, proof);
      return attestationOptions(deps, signedIn, about);
    },

    /** The challenge was given only to who is fresh and has proved a factor, is of this session, and is good once. */
    addPasskey: async (
      signedIn: SignedIn,
      made: { readonly attestation: Attestation; readonly name: string },
    ): Promise<void> => {
      await addPasskey(deps, signedIn, made);
      await endOthers(signedIn);
    },

    beginTotp: async (signedIn: SignedIn, proof: Proof | undefined) => {
      const known = await requireProof(signedIn, proof);
      const { person } = signedIn;
      const { totp, secret, uri } = newTotp(person, deps.keys.totp, new URL(deps.origin).host);
      if (!(await factors.proposeTotp(person, totp, known)))
        throw new Problem(
          'conflict',
          'you have an authenticator app, or added a passkey just now: look there first',
        );
      return { secret, uri };
    },

    /** Its first code: from then on it counts. */
    confirmTotp: async (signedIn: SignedIn, code: string): Promise<void> => {
      await useCode(deps, signedIn, code, 'unconfirmed');
      await endOthers(signedIn);
    },

    removeTotp: async (signedIn: SignedIn, proof: Proof | undefined): Promise<void> => {
      await requireProof(signedIn, proof);
      await removed(signedIn, await factors.removeTotp(signedIn.person, deps.now()));
    },

    removePasskey: async (
      signedIn: SignedIn,
      proof: Proof | undefined,
      credentialId: string,
    ): Promise<void> => {
      await requireProof(signedIn, proof);
      await removed(signedIn, await factors.removePasskey(signedIn.person, credentialId, deps.now()));
    },
  };
}
