import { ed25519 } from '@noble/curves/ed25519.js';
import { utf8ToBytes } from '@noble/hashes/utils.js';
import { base64urlnopad } from '@scure/base';
import type { Proposal } from '../action/action.ts';
import { CLOCK_SKEW_MS } from '../approval/verify-decision.ts';
import { canonicalJson } from '../shared/digest.ts';
import type { Fault } from '../shared/json.ts';
import { keyId, openJws } from '../shared/jws.ts';
import { iso } from '../shared/sentence.ts';

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

/** How long what an agent signs may be good for, in milliseconds: nobody ought to hand in a copy of it much later. */
export const PROPOSAL_VALID_MS = 24 * 3_600_000;

/**
 * Everything that speaks against handing a proposal in here and now. What is signed says which installation it is for and when
 * it expires, so that a copy of it is good nowhere else and for a day at most.
 *
 * @param name of the installation
 * @param at milliseconds since the epoch
 */
export function misdirected(
  { installation, expiresAt, signature }: Proposal,
  name: string,
  at: number,
): Fault[] {
  const needed = signature === undefined ? undefined : 'is missing: what is signed says it';
  return [
    ...(installation === undefined
      ? fault('installation', needed && `${needed}, here ${name}`)
      : fault('installation', installation === name ? undefined : `is ${installation}, this is ${name}`)),
    ...(expiresAt === undefined
      ? fault('expiresAt', needed && `${needed}, in milliseconds since the epoch`)
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
