import { CompactSign, importJWK } from 'jose';
import { signProposal } from '../../src/client/index.ts';
import type { Proposal } from '../../src/domain/action.ts';
import { keyId } from '../../src/domain/jws.ts';
import { signedPart } from '../../src/domain/signed-proposal.ts';
import type { SigningKey } from '../support/installation.ts';

/** A proposal as a compact JWS, the way an agent sends it over HTTP. */
export async function compact(proposal: Proposal, { privateJwk, x }: SigningKey): Promise<string> {
  return new CompactSign(new TextEncoder().encode(signedPart(proposal)))
    .setProtectedHeader({ alg: 'EdDSA', kid: keyId(x) })
    .sign(await importJWK(privateJwk, 'EdDSA'));
}

/** The same with the signature detached, the way it is proposed without the gateway. */
export const signed = (proposal: Proposal, { privateJwk }: SigningKey): Proposal =>
  signProposal(proposal, privateJwk);
