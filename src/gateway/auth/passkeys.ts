import { createHash, randomBytes } from 'node:crypto';
import {
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';

/** How long a challenge is valid. It is used once. */
const VALID_MS = 5 * 60_000;

const encoded = z.base64url().min(1).max(16_384);
const commonMembers = {
  id: encoded,
  rawId: encoded,
  type: z.literal('public-key'),
  clientExtensionResults: z.looseObject({}),
};

/** The result of `navigator.credentials.get`, as `PublicKeyCredential.toJSON` writes it (Web Authentication, level 3). */
export const assertionSchema = z.object({
  ...commonMembers,
  response: z.object({ clientDataJSON: encoded, authenticatorData: encoded, signature: encoded }),
});
export type Assertion = z.infer<typeof assertionSchema>;

/** The result of `navigator.credentials.create`. */
export const attestationSchema = z.object({
  ...commonMembers,
  response: z.object({
    clientDataJSON: encoded,
    attestationObject: encoded,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});
export type Attestation = z.infer<typeof attestationSchema>;

/**
 * What a challenge for a new passkey is bound to: the factors that the person has now. A registration that began with fewer factors
 * cannot be finished later with a stolen session.
 */
export async function registering(
  { factors }: Pick<GatewayDeps, 'factors'>,
  person: string,
): Promise<string> {
  const [passkeys, totp] = await Promise.all([factors.passkeysOf(person), factors.totpOf(person)]);
  const existingFactors = [
    ...passkeys.map(({ credentialId }) => credentialId),
    totp?.confirmedAt ?? 'no app',
  ];
  return `register beside ${existingFactors.join()}`;
}

/** The domain that passkeys belong to; undefined for an IP address, for which browsers make none. */
export const passkeyDomain = (origin: string): string | undefined => {
  const { hostname } = new URL(origin);
  return /^[\d.]+$|:/.test(hostname) ? undefined : hostname;
};

function domainOf({ origin }: Pick<GatewayDeps, 'origin'>): string {
  const domain = passkeyDomain(origin);
  if (domain) return domain;
  throw new Problem(
    'refused',
    `passkeys need a host name, and this is ${origin}: use http://localhost instead`,
  );
}

/** Makes a challenge. Its hash covers what it is for, so that the authenticator itself signs that. */
async function challengeFor(deps: GatewayDeps, { person, session }: SignedIn, about: string) {
  const bytes = new Uint8Array(createHash('sha256').update(randomBytes(32)).update(about).digest());
  const challenge = Buffer.from(bytes).toString('base64url');
  const expiresAt = deps.now() + VALID_MS;
  await deps.factors.keepChallenge({ challenge, person, session: session.idHash, about, expiresAt });
  return bytes;
}

const isAskedChallenge =
  (deps: GatewayDeps, { person, session }: SignedIn, about: string) =>
  (challenge: string) =>
    deps.factors.takeChallenge({ challenge, person, session: session.idHash, about }, deps.now());

/** The options for an authenticator's assertion. @param about what is proved: the assertion is good for nothing else */
export async function assertionOptions(deps: GatewayDeps, signedIn: SignedIn, about: string) {
  const passkeys = await deps.factors.passkeysOf(signedIn.person);
  if (passkeys.length === 0)
    throw new Problem('refused', 'you have no passkey: add one, or use the code of your authenticator app');
  return generateAuthenticationOptions({
    rpID: domainOf(deps),
    challenge: await challengeFor(deps, signedIn, about),
    allowCredentials: passkeys.map(({ credentialId, transports }) => ({
      id: credentialId,
      transports: [...transports],
    })),
    userVerification: 'required',
    timeout: VALID_MS,
  });
}

/** Checks an assertion. @throws Problem when it does not prove that this person is there now and means this */
export async function checkAssertion(
  deps: GatewayDeps,
  signedIn: SignedIn,
  assertion: Assertion,
  about: string,
): Promise<void> {
  const passkeys = await deps.factors.passkeysOf(signedIn.person);
  const passkey = passkeys.find(({ credentialId }) => credentialId === assertion.id);
  if (!passkey) throw new Problem('step-up-refused', 'this passkey is not one of yours');
  const { credentialId: id, publicKey, counter } = passkey;
  const verification = await verifyAuthenticationResponse({
    response: assertion,
    expectedChallenge: isAskedChallenge(deps, signedIn, about),
    expectedOrigin: deps.origin,
    expectedRPID: domainOf(deps),
    credential: { id, publicKey, counter },
    requireUserVerification: true,
  }).catch(throwRefused);
  if (!verification.verified) throw refusedAs('its signature does not verify');
  // A counter that stays at 0 is that of an authenticator that does not count; the library accepts a stopped counter only at 0.
  if (!(await deps.factors.usePasskey(passkey, verification.authenticationInfo.newCounter, deps.now())))
    throw refusedAs('it was used somewhere else at the same moment');
}

/** The options for a new passkey. @param about what `registering` returned before the person's right to add one was checked */
export async function attestationOptions(deps: GatewayDeps, signedIn: SignedIn, about: string) {
  const passkeys = await deps.factors.passkeysOf(signedIn.person);
  return generateRegistrationOptions({
    rpID: domainOf(deps),
    rpName: 'Countersign',
    userID: new Uint8Array(createHash('sha256').update(`countersign/${signedIn.person}`).digest()),
    userName: signedIn.person,
    userDisplayName: signedIn.displayName,
    challenge: await challengeFor(deps, signedIn, about),
    timeout: VALID_MS,
    attestationType: 'none',
    excludeCredentials: passkeys.map(({ credentialId }) => ({ id: credentialId })),
    authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
  });
}

/** Adds a passkey. @throws Problem when it was not made for this person, here and now */
export async function addPasskey(
  deps: GatewayDeps,
  signedIn: SignedIn,
  { attestation, name }: { readonly attestation: Attestation; readonly name: string },
): Promise<void> {
  const { transports = [] } = attestation.response;
  const { clientDataJSON, attestationObject } = attestation.response;
  const verification = await verifyRegistrationResponse({
    response: { ...attestation, response: { clientDataJSON, attestationObject, transports } },
    expectedChallenge: isAskedChallenge(deps, signedIn, await registering(deps, signedIn.person)),
    expectedOrigin: deps.origin,
    expectedRPID: domainOf(deps),
    requireUserVerification: true,
  }).catch(throwRefused);
  if (!verification.verified) throw refusedAs('its attestation does not verify');
  const { id, publicKey, counter } = verification.registrationInfo.credential;
  const { person } = signedIn;
  await deps.factors.addPasskey({
    credentialId: id,
    person,
    publicKey,
    counter,
    transports,
    name,
    addedAt: deps.now(),
  });
}

const refusedAs = (why: string) => new Problem('step-up-refused', `the passkey's answer is refused: ${why}`);

function throwRefused(error: unknown): never {
  throw error instanceof Problem ? error : refusedAs(error instanceof Error ? error.message : String(error));
}
