import type { AgentBuild, ServiceTier } from './action.ts';
import { membersOf } from './audience.ts';
import { ceilingOf } from './authority.ts';
import { CLOCK_SKEW_MS } from './decision.ts';
import { type HoldScope, unknownIn } from './hold.ts';
import type { Installation } from './installation.ts';
import type { Fault } from './json.ts';
import { openJws } from './jws.ts';
import type { Level } from './level.ts';
import { lookup, unknownName } from './lookup.ts';
import { whyDenied } from './permission.ts';
import type { Authorize } from './policy.ts';
import { owned, person } from './policy-context.ts';
import type { StandingKey } from './standing.ts';

interface Signed {
  readonly person: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface GrantOrder extends Signed, Omit<AgentBuild, 'id' | 'version'> {
  readonly kind: 'grant';
  readonly agent: string;
  readonly agentVersion: string;
  readonly actionType: string;
  readonly serviceTier: ServiceTier;
  readonly level: Level;
}

/** What a person signs (the JWS payload) to change what agents may do. */
export type Order =
  | GrantOrder
  | (Signed & { readonly kind: 'hold'; readonly scope: HoldScope })
  | (Signed & { readonly kind: 'lift'; readonly holdId: string });

/** An order before somebody puts their name and the time on it. */
export type Unsigned<O = Order> = O extends Order ? Omit<O, 'person' | 'at'> : never;

/** What became of an order. */
export type CarriedOut =
  | { readonly kind: 'granted'; readonly level: Level }
  | { readonly kind: 'holdPlaced'; readonly holdId: string }
  | { readonly kind: 'holdLifted'; readonly holdId: string };

/** How old an order may be when it is handed in: a copy of one is good for no longer. In milliseconds. */
export const ORDER_VALID_MS = 15 * 60_000;

/** What a grant is for. */
export function keyOfGrant(grant: Omit<GrantOrder, keyof Signed>): StandingKey {
  const { agent: id, agentVersion: version, model, promptDigest, actionType, serviceTier } = grant;
  const agent = {
    ...{ id, version },
    ...(model === undefined ? {} : { model }),
    ...(promptDigest === undefined ? {} : { promptDigest }),
  };
  return { agent, actionType, serviceTier };
}

/**
 * Everything that speaks against an order; nothing when it is to be carried out.
 *
 * @param order what the token says, still unproven
 * @param handedInAt milliseconds since the epoch
 */
export function orderFaults(
  installation: Installation,
  authorize: Authorize,
  order: Order,
  jws: string,
  handedInAt: number,
): readonly Fault[] {
  const signer = lookup(installation.people, order.person);
  const opened = openJws(jws, signer?.keys ?? []);
  return [
    ...(signer ? [] : [fault('person', `${order.person} is not in the catalog`)]),
    ...(signer && opened.kind === 'refused'
      ? [fault('signature', `the order in the name of ${order.person} is refused: ${opened.reason}`)]
      : []),
    ...untimely(order.at, handedInAt),
    ...(order.kind === 'hold' ? unknownIn(installation, order.scope) : unentitled(installation, order)),
    ...(order.kind === 'grant'
      ? [...ungrantable(installation, order), ...unpermitted(installation, authorize, order)]
      : []),
  ];
}

function untimely(at: number, handedInAt: number): Fault[] {
  const times = `it says it was signed ${iso(at)}, it was handed in ${iso(handedInAt)}`;
  if (at > handedInAt + CLOCK_SKEW_MS) return [fault('at', `${times}: set your clock and sign it again`)];
  return at < handedInAt - ORDER_VALID_MS
    ? [fault('at', `${times}, and an order is good for 15 minutes: sign it again`)]
    : [];
}

/** Whether a person may grant levels and lift holds, by what operators wrote. */
function unentitled(installation: Installation, { kind, person }: Order): Fault[] {
  const { grantedBy } = installation.rules.standing ?? {};
  if (grantedBy === undefined) {
    const remedy = 'name a group in countersign.yaml, as standing: { grantedBy: group:name }';
    return [fault('person', `nobody may ${kind}: ${remedy}`)];
  }
  if (membersOf(installation, grantedBy).includes(person)) return [];
  return [fault('person', `${person} may not ${kind}: that is for ${grantedBy}`)];
}

/** INVARIANT 4: whoever owns an agent does not say how far it may go. INVARIANT 10: nor does anybody beyond the ceiling. */
function ungrantable(installation: Installation, { person, agent, actionType, level }: GrantOrder): Fault[] {
  const known = lookup(installation.agents, agent);
  const type = lookup(installation.actionTypes, actionType);
  const ceiling = type && ceilingOf(type);
  return [
    ...unknownName('agent', agent, installation.agents),
    ...unknownName('actionType', actionType, installation.actionTypes),
    ...(known && membersOf(installation, known.owner).includes(person)
      ? [
          fault(
            'person',
            `${known.owner} owns ${agent}, so somebody else has to grant it; you may place a hold`,
          ),
        ]
      : []),
    ...(ceiling && level > ceiling.level
      ? [fault('level', `must be at most ${ceiling.level}: ${ceiling.reason}`)]
      : []),
  ];
}

/** Whom countersign.yaml lets grant, policies may still limit: to lower levels, other agents, less critical services. */
function unpermitted(installation: Installation, authorize: Authorize, order: GrantOrder): Fault[] {
  const { agent, actionType, serviceTier, level } = order;
  const { decision, determining, errors } = authorize({
    action: 'grant',
    principal: person(installation, order.person),
    resource: owned(installation, 'Agent', agent, lookup(installation.agents, agent)?.owner ?? ''),
    context: { actionType, serviceTier, level },
  });
  if (decision === 'allow') return [];
  return [fault('person', `${order.person} may not grant this: ${whyDenied(determining, errors)}`)];
}

const fault = (where: string, problem: string): Fault => ({ where, problem });

const iso = (ms: number) => new Date(ms).toISOString();
