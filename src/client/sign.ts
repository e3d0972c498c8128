import { ProposalRefused } from '../contract/errors.ts';
import { parseProposal } from '../contract/proposal.ts';
import type { Proposal } from '../domain/action/action.ts';
import { signProposal as sign } from '../domain/proposal/signed-proposal.ts';

/**
 * Signs what an agent is about to propose, with a key of its own that the catalog lists (`countersign.dev/signing-keys`).
 *
 * @param proposal names the installation that it is for, and when it expires: milliseconds since the epoch, 24 hours at most
 * @param key the private key as an OKP JWK (RFC 8037), as `countersign keys` makes it
 * @throws ProposalRefused with every fault: what is faulty is not signed
 */
export function signProposal(
  proposal: Proposal & { readonly installation: string; readonly expiresAt: number },
  key: { readonly x: string; readonly d: string },
): Proposal {
  // As it is read later: blanks at the ends of texts do not count.
  const parsed = parseProposal(proposal);
  if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
  return sign(parsed.proposal, key);
}
