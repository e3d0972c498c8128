import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import type { Proposal } from '../action/action.ts';
import { CLOCK_SKEW_MS } from '../approval/verify-decision.ts';
import { canonicalJson } from '../shared/digest.ts';
import type { Fault } from '../shared/json.ts';
import { keyId, openJws } from '../shared/jws.ts';
import { iso } from '../shared/sentence.ts';

/** The longest signed proposal, in characters: a proposal has at most 64 KB, and base64 makes it a third longer. */
const LONGEST = 96 * 1024;

/** Returns the text whose bytes an agent signs: the RFC 8785 canonical JSON of the proposal. */
export function signedPart({ signature: _, authenticated: __, ...proposal }: Proposal): string {
  return canonicalJson(proposal);
}

/**
 * Returns why it cannot be known that the agent itself made the proposal. Undefined: it is signed by the agent, or the agent has no keys.
 * For an agent without keys, everybody who can start workflows is trusted to name it. INVARIANT 10: what a client says about this can only
 * lower the trust.
 *
 * @param keys the keys of the agent in the catalog
 */
export function whyUnsigned(proposal: Proposal, keys: readonly string[] = []): string | undefined {
  const { id } = proposal.agent;
  if (proposal.authenticated === false)
    return `the proposal was handed in unsigned, so it need not be from ${id}`;
  if (keys.length === 0) return undefined;
  if (proposal.signature === undefined) return `${id} signs what it proposes, and this is not signed`;
  const openedJws = openProposal(proposal, keys);
  return openedJws.kind === 'verified'
    ? undefined
    : `the signature in the name of ${id} is refused: ${openedJws.reason}`;
}

/** The longest validity of a signed proposal, in milliseconds. It keeps a copy from being handed in much later. */
export const PROPOSAL_VALID_MS = 24 * 3_600_000;

/**
 * Returns everything that speaks against handing in a proposal here and now. A signed proposal names its installation and its expiry, so
 * that a copy is valid in no other installation and for one day at most.
 *
 * @param name the name of the installation
 * @param at milliseconds since the epoch
 */
export function misdirected(
  { installation, expiresAt, signature }: Proposal,
  name: string,
  at: number,
): Fault[] {
  const missingText = signature === undefined ? undefined : 'is missing: what is signed says it';
  return [
    ...(installation === undefined
      ? fault('installation', missingText && `${missingText}, here ${name}`)
      : fault('installation', installation === name ? undefined : `is ${installation}, this is ${name}`)),
    ...(expiresAt === undefined
      ? fault('expiresAt', missingText && `${missingText}, in milliseconds since the epoch`)
      : fault('expiresAt', whyNotNow(expiresAt, at))),
  ];
}

function whyNotNow(expiresAt: number, at: number): string | undefined {
  const times = `is ${iso(expiresAt)}, it is ${iso(at)}`;
  if (expiresAt <= at) return `${times}: propose it anew, under another idempotencyKey`;
  return expiresAt > at + PROPOSAL_VALID_MS + CLOCK_SKEW_MS ? `${times}: must be within 24 hours` : undefined;
}

const fault = (where: string, problem: string | undefined): Fault[] =>
  problem === undefined ? [] : [{ where, problem }];

/** Adds the signature of the agent to a proposal. @param key of the agent: `x` and `d` of an OKP JWK (RFC 8037) */
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
