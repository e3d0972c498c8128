import type { Context } from 'hono';
import { ProposalRefused } from '../contract/errors.ts';
import { parseProposal } from '../contract/proposal.ts';
import type { Proposal } from '../domain/action.ts';
import { exactJsonIn } from '../domain/exact-json.ts';
import { lookup } from '../domain/lookup.ts';
import { misdirected, openProposal, signedPart } from '../domain/signed-proposal.ts';
import type { GatewayDeps } from './deps.ts';
import { Problem } from './problem.ts';

/** Each starts a workflow and sends a mail: what anybody may do is bounded. */
const UNSIGNED_PER_MINUTE = 30;

/** 64 KB in base64, with a header and a signature. */
const LONGEST_JWS = 96 * 1024;

/** Counts what is handed in unsigned, for one gateway. */
export function unsignedLimit(now: () => number): () => void {
  let minute = 0;
  let count = 0;
  return () => {
    const current = Math.floor(now() / 60_000);
    count = current === minute ? count + 1 : 1;
    minute = current;
    if (count > UNSIGNED_PER_MINUTE) {
      const detail = `more than ${UNSIGNED_PER_MINUTE} unsigned proposals came in this minute: sign them`;
      throw new Problem('locked', detail, { retryAfter: 60 });
    }
  };
}

/**
 * The proposal of a request, and whether its agent signed it. A signature that does not verify is refused; without one the
 * proposal is marked, and whoever rules on it takes it for one of an agent that nobody knows.
 *
 * @param countUnsigned called for each that is not signed
 */
export async function proposalIn(
  { installation, now }: Pick<GatewayDeps, 'installation' | 'now'>,
  c: Context,
  countUnsigned: () => void,
): Promise<{ readonly proposal: Proposal; readonly signed: boolean }> {
  const given = await givenIn(c);
  const parsed = parseProposal(given);
  if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
  const { proposal } = parsed;
  if (proposal.signature === undefined) {
    countUnsigned();
    return { proposal: { ...proposal, authenticated: false }, signed: false };
  }
  const keys = lookup(installation().agents, proposal.agent.id)?.keys ?? [];
  const opened = openProposal(proposal, keys);
  if (opened.kind === 'refused') throw badSignature(`it is refused: ${opened.reason}`);
  const elsewhere = misdirected(proposal, installation().name, now());
  if (elsewhere.length > 0) throw new ProposalRefused(elsewhere);
  return { proposal, signed: true };
}

const badSignature = (problem: string) => new ProposalRefused([{ where: 'signature', problem }]);

async function givenIn(c: Context): Promise<unknown> {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  const text = await c.req.text();
  if (type === 'application/jose') return fromJws(text.trim());
  if (type !== 'application/json')
    throw new Problem('malformed', 'send the proposal as application/json, or signed as application/jose');
  return jsonOf(text);
}

function jsonOf(text: string): unknown {
  const json = exactJsonIn(text);
  if (json.kind === 'none') throw new Problem('malformed', 'the request holds no JSON');
  if (json.kind === 'altered') throw new ProposalRefused(json.faults);
  return json.value;
}

/** A compact JWS as the proposal with its signature detached. */
function fromJws(token: string): unknown {
  const [header, payload, signature, ...more] = token.length > LONGEST_JWS ? [] : token.split('.');
  if (!header || !payload || !signature || more.length > 0) throw badSignature('it is not a compact JWS');
  const text = Buffer.from(payload, 'base64url').toString('utf8');
  const parsed = parseProposal(jsonOf(text));
  if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
  const { proposal } = parsed;
  if (proposal.signature !== undefined || proposal.authenticated !== undefined)
    throw badSignature('what is signed says itself whether it is signed: leave that out');
  if (signedPart(proposal) !== text)
    throw badSignature(
      'what is signed must be the canonical JSON (RFC 8785) of the proposal, without blanks at the ends of its texts',
    );
  return { ...proposal, signature: `${header}..${signature}` };
}
