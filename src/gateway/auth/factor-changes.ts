import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import type { Passkey } from '../ports/factors.ts';
import { Problem } from '../ports/problem.ts';
import { requireFresh } from './guard.ts';
import { type Attestation, addPasskey, attestationOptions, registering } from './passkeys.ts';
import { type Proof, requireExistingFactor, useCode } from './step-up.ts';
import { newTotp } from './totp.ts';

/**
 * Changes the factors by which people prove who they are. Each change needs a sign-in of the last minutes and, where the person has
 * a factor already, a proof with that factor. Each change that takes effect ends every other session of the person.
 *
 * @throws Problem when the proof is missing or wrong, or there is nothing to change
 */
export function factorChanges(deps: GatewayDeps) {
  const { factors, sessions } = deps;

  async function requireProof(signedIn: SignedIn, proof: Proof | undefined): Promise<readonly Passkey[]> {
    requireFresh(signedIn, deps.now());
    return requireExistingFactor(deps, signedIn, proof);
  }

  const endOthers = ({ person, session }: SignedIn) => sessions.endOthers(person, session.idHash);

  /** Ends the other sessions even where nothing is left to remove: a person who removes a stolen factor means the thief's session too. */
  async function afterRemoval(signedIn: SignedIn, was: boolean): Promise<void> {
    await endOthers(signedIn);
    if (!was) throw new Problem('not-found', 'you have nothing like it to remove');
  }

  return {
    beginPasskey: async (signedIn: SignedIn, proof: Proof | undefined) => {
      const about = await registering(deps, signedIn.person);
      await requireProof(signedIn, proof);
      return attestationOptions(deps, signedIn, about);
    },

    /** Adds a passkey. Its challenge was given only after a recent sign-in and a proof, belongs to this session, and is good once. */
    addPasskey: async (
      signedIn: SignedIn,
      newPasskey: { readonly attestation: Attestation; readonly name: string },
    ): Promise<void> => {
      await addPasskey(deps, signedIn, newPasskey);
      await endOthers(signedIn);
    },

    beginTotp: async (signedIn: SignedIn, proof: Proof | undefined) => {
      const passkeys = await requireProof(signedIn, proof);
      const { person } = signedIn;
      const { totp, secret, uri } = newTotp(person, deps.keys.totp, new URL(deps.origin).host);
      if (!(await factors.proposeTotp(person, totp, passkeys)))
        throw new Problem(
          'conflict',
          'you have an authenticator app, or added a passkey just now: look there first',
        );
      return { secret, uri };
    },

    /** Confirms an authenticator app by its first code. From then on the app counts. */
    confirmTotp: async (signedIn: SignedIn, code: string): Promise<void> => {
      await useCode(deps, signedIn, code, 'unconfirmed');
      await endOthers(signedIn);
    },

    removeTotp: async (signedIn: SignedIn, proof: Proof | undefined): Promise<void> => {
      await requireProof(signedIn, proof);
      await afterRemoval(signedIn, await factors.removeTotp(signedIn.person, deps.now()));
    },

    removePasskey: async (
      signedIn: SignedIn,
      proof: Proof | undefined,
      credentialId: string,
    ): Promise<void> => {
      await requireProof(signedIn, proof);
      await afterRemoval(signedIn, await factors.removePasskey(signedIn.person, credentialId, deps.now()));
    },
  };
}
