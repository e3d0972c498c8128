import { CompactSign, importJWK } from 'jose';
import { signProposal } from '../../src/client/index.ts';
import type { Proposal } from '../../src/domain/action/action.ts';
import { signedPart } from '../../src/domain/proposal/signed-proposal.ts';
import { keyId } from '../../src/domain/shared/jws.ts';
import { type SigningKey, testInstallation } from '../support/installation.ts';

/** A proposal as a compact JWS, the way an agent sends it over HTTP. */
export const compact = (proposal: Proposal, key: SigningKey) =>
  compactOf(signedPart(addressed(proposal)), key);

/** What is signed says which installation it is for, and when it expires. */
const addressed = (proposal: Proposal) => {
  const { installation = testInstallation().installation.name, expiresAt = EXPIRES_AT } = proposal;
  return { ...proposal, installation, expiresAt };
};

/** The same for all, so that the same proposal is the same bytes. */
const EXPIRES_AT = Date.now() + 20 * 3_600_000;

/** What an agent shows instead of a session, good for so many seconds. */
export function passOf(agent: string, origin: string, key: SigningKey, seconds = 300): Promise<string> {
  const iat = Math.floor(Date.now() / 1_000);
  return compactOf(JSON.stringify({ agent, aud: origin, iat, exp: iat + seconds }), key);
}

/** Any text as a compact JWS. */
export async function compactOf(text: string, { privateJwk, x }: SigningKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(text))
    .setProtectedHeader({ alg: 'EdDSA', kid: keyId(x) })
    .sign(await importJWK(privateJwk, 'EdDSA'));
}

/** The same with the signature detached, the way it is proposed without the gateway. */
export const signed = (proposal: Proposal, { privateJwk }: SigningKey): Proposal =>
  signProposal(addressed(proposal), privateJwk);
