import type { Context } from 'hono';
import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { openJws, peekJws } from '../../domain/shared/jws.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { GatewayDeps, GatewayEnv } from '../ports/deps.ts';
import { Problem } from '../ports/problem.ts';
import { signedInOf } from './guard.ts';

/** The pass that an agent signs to read its own actions. Times in seconds, as in every JWT (RFC 7519). */
const passSchema = z.object({
  agent: identifier,
  aud: z.string(),
  iat: z.number(),
  exp: z.number(),
});

/** The longest life of a pass, in seconds. */
const LONGEST = 600;

export type Reader =
  | { readonly kind: 'person'; readonly person: string }
  | { readonly kind: 'agent'; readonly agent: string };

/** The reader of a request: a signed-in person, or an agent with `Authorization: Bearer` and a JWS of its own. */
export function readerOf(deps: GatewayDeps, c: Context<GatewayEnv>): Reader {
  const [scheme, token] = (c.req.header('authorization') ?? '').split(' ');
  if (scheme?.toLowerCase() !== 'bearer' || !token) return { kind: 'person', person: signedInOf(c).person };
  const pass = passSchema.safeParse(peekJws(token)).data;
  const keys = pass ? (lookup(deps.installation().agents, pass.agent)?.keys ?? []) : [];
  const now = deps.now() / 1_000;
  const current = pass && pass.iat <= now + 60 && pass.exp > now && pass.exp - pass.iat <= LONGEST;
  if (!pass || pass.aud !== deps.origin || !current || openJws(token, keys).kind !== 'verified') {
    throw new Problem(
      'not-signed-in',
      `the pass is refused: it must be a JWS of {agent, aud: "${deps.origin}", iat, exp}, signed with a key of the agent in the catalog and good for ${LONGEST} s at most`,
    );
  }
  return { kind: 'agent', agent: pass.agent };
}

/** Checks that the reader may see the action. @throws Problem when an agent asks for an action of another agent */
export function requireReadable(reader: Reader, state: ActionState): void {
  if (reader.kind === 'person' || isOwn(reader.agent, state)) return;
  throw new Problem('forbidden', 'an agent sees what it proposed itself, and nothing else');
}

/** Checks that the reader is on the requester's side of the action. @throws Problem when the reader is not */
export function requireRequester(reader: Reader, state: ActionState): void {
  if (reader.kind === 'agent' ? isOwn(reader.agent, state) : isRequester(reader.person, state)) return;
  throw new Problem(
    'forbidden',
    'only the agent and its owners can cancel a request; to stop the action, deny or revoke it',
  );
}

/** Whether a person is on the requester's side, as the action was ruled on. */
export const isRequester = (person: string, { ruling }: Pick<ActionState, 'ruling'>): boolean =>
  ruling?.people.requester.includes(person) ?? false;

const isOwn = (agent: string, { proposal }: ActionState) =>
  proposal.agent.id === agent && proposal.authenticated !== false;
