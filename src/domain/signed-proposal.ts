import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import type { Proposal } from './action.ts';
import { canonicalJson } from './digest.ts';
import { keyId, openJws } from './jws.ts';

/** A proposal has 64 KB at most, and base64 makes a third more of them. */
const LONGEST = 96 * 1024;

/** The bytes that an agent signs: the RFC 8785 canonical JSON of what it asks for. */
export function signedPart({ signature: _, authenticated: __, ...proposal }: Proposal): string {
  return canonicalJson(proposal);
}

/**
 * Why nobody can know that the agent itself asked for this; undefined when it did, or when it has no keys and whoever may
 * start workflows is trusted to name it. INVARIANT 10: what a client says of this can only lower it.
 *
 * @param keys of the agent in the catalog
 */
export function whyUnsigned(proposal: Proposal, keys: readonly string[] = []): string | undefined {
  const { id } = proposal.agent;
  if (proposal.authenticated === false)
    return `the proposal was handed in unsigned, so it need not be from ${id}`;
  if (keys.length === 0) return undefined;
  if (proposal.signature === undefined) return `${id} signs what it proposes, and this is not signed`;
  const opened = openProposal(proposal, keys);
  return opened.kind === 'verified'
    ? undefined
    : `the signature in the name of ${id} is refused: ${opened.reason}`;
}

/** With the signature of its agent. @param key of the agent: `x` and `d` of an OKP JWK (RFC 8037) */
export function signProposal(
  proposal: Proposal,
  { x, d }: { readonly x: string; readonly d: string },
): Proposal {
  const header = base64urlnopad.encode(utf8ToBytes(JSON.stringify({ alg: 'EdDSA', kid: keyId(x) })));
  const content = base64urlnopad.encode(utf8ToBytes(signedPart(proposal)));
  const signature = ed25519.sign(utf8ToBytes(`${header}.${content}`), base64urlnopad.decode(d));
  return { ...proposal, signature: `${header}..${base64urlnopad.encode(signature)}` };
}

/** Verifies the signature of a proposal: a JWS with detached content (RFC 7515, appendix F), `header..signature`. */
export function openProposal(proposal: Proposal, keys: readonly string[]) {
  const [header = '', content, signature = '', ...more] = (proposal.signature ?? '').split('.');
  if (content !== '' || more.length > 0)
    return { kind: 'refused', reason: 'it is not a JWS with detached content' } as const;
  const payload = base64urlnopad.encode(utf8ToBytes(signedPart(proposal)));
  return openJws(`${header}.${payload}.${signature}`, keys, LONGEST);
}
