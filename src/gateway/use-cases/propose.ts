import type { Context } from 'hono';
import { ProposalRefused } from '../../contract/errors.ts';
import { parseProposal } from '../../contract/proposal.ts';
import type { Proposal } from '../../domain/action/action.ts';
import { misdirected, openProposal, signedPart } from '../../domain/proposal/signed-proposal.ts';
import { exactJsonIn } from '../../domain/shared/exact-json.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { GatewayDeps } from '../ports/deps.ts';
import { requireAllowed } from '../ports/limiter.ts';
import { Problem } from '../ports/problem.ts';

/** The longest JWS, in characters: 64 KB in base64, with a header and a signature. */
const LONGEST_JWS = 96 * 1024;

/**
 * Checks whether one more unsigned proposal is accepted: each starts a workflow, stays in the ledger for ever and sends a mail.
 *
 * @throws Problem when it is not accepted
 */
async function requireUnsignedTaken(deps: GatewayDeps): Promise<void> {
  const limits = deps.installation().rules.gateway?.unsignedProposals;
  if (!limits) {
    const detail =
      'proposals that are not signed are not taken here: sign it with a key of the agent, or ask an operator for gateway.unsignedProposals';
    throw new Problem('forbidden', detail);
  }
  const allowance = { atMost: limits.perHour, withinMs: 3_600_000 };
  await requireAllowed(deps, 'unsigned proposals', allowance, 'unsigned proposals');
  if ((await deps.lists.openUnsigned()) < limits.openAtOnce) return;
  const detail = `${limits.openAtOnce} unsigned proposals are open already: wait until one is closed, or sign it`;
  throw new Problem('locked', detail, { retryAfter: 60 });
}

/**
 * The proposal of a request, and whether its agent signed it. A signature that does not verify is refused. A proposal without one
 * is marked, and is ruled on as that of an unknown agent.
 *
 * @throws Problem when the proposal is not signed, and no more of those are accepted
 */
export async function proposalIn(
  deps: GatewayDeps,
  c: Context,
): Promise<{ readonly proposal: Proposal; readonly signed: boolean }> {
  const body = await givenIn(c);
  if (Object(body).signature === undefined) await requireUnsignedTaken(deps);
  const parsed = parseProposal(body);
  if (parsed.kind === 'refused') throw new ProposalRefused(parsed.faults);
  const { proposal } = parsed;
  if (proposal.signature === undefined) {
    return { proposal: { ...proposal, authenticated: false }, signed: false };
  }
  const keys = lookup(deps.installation().agents, proposal.agent.id)?.keys ?? [];
  const openedProposal = openProposal(proposal, keys);
  if (openedProposal.kind === 'refused') throw badSignature(`it is refused: ${openedProposal.reason}`);
  const misdirections = misdirected(proposal, deps.installation().name, deps.now());
  if (misdirections.length > 0) throw new ProposalRefused(misdirections);
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
