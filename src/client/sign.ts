import { ProposalRefused } from '../contract/errors.ts';
import { parseProposal } from '../contract/proposal.ts';
import type { Proposal } from '../domain/action/action.ts';
import { signProposal as sign } from '../domain/proposal/signed-proposal.ts';

/**
 * Signs a proposal with the agent's own key, which the catalog lists (`countersign.dev/signing-keys`).
 *
 * @param proposal names its installation, and when it expires: milliseconds since the epoch, 24 hours at most
 * @param key the private key as an OKP JWK (RFC 8037), as `countersign keys` makes it
 * @throws ProposalRefused with every fault: a faulty proposal is not signed
 */
export function signProposal(
  proposal: Proposal & { readonly installation: string; readonly expiresAt: number },
  key: { readonly x: string; readonly d: string },
): Proposal {
  // Signed in the form in which it is read later: blanks at the ends of texts do not count.
  const parsed = parseProposal(proposal);
  if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
  return sign(parsed.proposal, key);
}
