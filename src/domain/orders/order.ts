import type { AgentBuild, ServiceTier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import type { Outcome } from '../action/outcome.ts';
import type { Reported } from '../action/reported.ts';
import type { HoldScope } from '../admission/hold.ts';
import { ceilingOf } from '../autonomy/effective-level.ts';
import type { StandingKey } from '../autonomy/standing.ts';
import { membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide } from '../installation/requester-side.ts';
import { whyDenied } from '../policy/ask-policy.ts';
import type { Authorize } from '../policy/policy.ts';
import { owned, person } from '../policy/policy-context.ts';
import type { Fault } from '../shared/json.ts';
import { lookup, unknownName } from '../shared/lookup.ts';
import type { DelegateOrder, EndDelegationOrder } from './delegation-order.ts';
import { type EraseOrder, type LegalHoldOrder, ledgerOrderFaults } from './ledger-order.ts';
import { type Signed, signatureFaults, untimely } from './order-signature.ts';

export interface GrantOrder extends Signed, Omit<AgentBuild, 'id' | 'version'> {
  readonly kind: 'grant';
  readonly agent: string;
  readonly agentVersion: string;
  readonly actionType: string;
  readonly serviceTier: ServiceTier;
  readonly level: Level;
}

/** How a build of an agent did in a replay (`countersign replay`), as the person saw it. */
export interface ScoreCardOrder extends Signed, Omit<AgentBuild, 'id' | 'version'> {
  readonly kind: 'scoreCard';
  readonly agent: string;
  readonly agentVersion: string;
  /** What was started, as the replay names it: the SHA-256 of the program, unless somebody gave it a name. */
  readonly build: string;
  readonly cases: number;
  readonly wrong: number;
  /** The SHA-256 of the canonical JSON of the whole result. Who has the file can show that it is this one. */
  readonly digest: string;
}

/** The order about a lost action: its effect is taken back, or it stays and the target becomes free. */
export interface LostOrder extends Signed {
  readonly kind: 'takeBack' | 'release';
  readonly actionId: string;
}

/** What a person found after an action was over: the action counts as that from then on. */
export interface ReportOrder extends Signed {
  readonly kind: 'report';
  readonly actionId: string;
  readonly found: Reported;
}

/** The wish to take an action back that succeeded: it becomes an action of its own, which other people approve. */
export interface RollbackOrder extends Signed {
  readonly kind: 'rollback';
  readonly actionId: string;
  /** The digest with which it was admitted: the person signs what they saw. */
  readonly digest: string;
}

/** The JWS payload that a person signs to change what agents may do, who decides in their place, or what the ledger keeps. */
export type Order =
  | GrantOrder
  | ScoreCardOrder
  | (Signed & { readonly kind: 'hold'; readonly scope: HoldScope })
  | (Signed & { readonly kind: 'lift'; readonly holdId: string })
  | LostOrder
  | ReportOrder
  | RollbackOrder
  | DelegateOrder
  | EndDelegationOrder
  | EraseOrder
  | LegalHoldOrder;

/** An order without its installation, its person and its time, which are added when it is signed. */
export type Unsigned<O = Order> = O extends Order ? Omit<O, 'installation' | 'person' | 'at'> : never;

/** The result of an order. */
export type CarriedOut =
  | { readonly kind: 'granted'; readonly level: Level }
  | { readonly kind: 'scoreCardRecorded'; readonly cases: number; readonly wrong: number }
  | { readonly kind: 'holdPlaced'; readonly holdId: string }
  | { readonly kind: 'holdLifted'; readonly holdId: string }
  | { readonly kind: 'lostEnded'; readonly actionId: string; readonly outcome: Outcome }
  | { readonly kind: 'reported'; readonly actionId: string; readonly found: Reported }
  /** `by`: the id of the action that takes it back, once people approve. */
  | {
      readonly kind: 'takeBackAsked';
      readonly actionId: string;
      readonly by: string;
      readonly person: string;
    }
  | { readonly kind: 'delegated'; readonly delegationId: string }
  | { readonly kind: 'delegationEnded'; readonly delegationId: string }
  | { readonly kind: 'erased'; readonly subject: string; readonly entries: readonly number[] }
  | { readonly kind: 'legalHoldPlaced'; readonly legalHoldId: string }
  | { readonly kind: 'legalHoldEnded'; readonly legalHoldId: string };

/** Returns the agent build and the work that a grant is for. */
export function keyOfGrant(grant: Omit<GrantOrder, keyof Signed>): StandingKey {
  const { actionType, serviceTier } = grant;
  return { agent: buildOf(grant), actionType, serviceTier };
}

/** Returns the agent build that an order is about. */
export function buildOf({
  agent: id,
  agentVersion: version,
  model,
  promptDigest,
}: Pick<GrantOrder, 'agent' | 'agentVersion' | 'model' | 'promptDigest'>): AgentBuild {
  return {
    id,
    version,
    ...(model === undefined ? {} : { model }),
    ...(promptDigest === undefined ? {} : { promptDigest }),
  };
}

/**
 * Returns everything that speaks against an order by itself. What it would change is checked as well, elsewhere: the existing delegations, or the
 * entries that would be erased.
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
  return [
    ...signatureFaults(installation, order, jws),
    ...untimely(order.at, handedInAt),
    ...(order.kind === 'hold' ? unknownIn(installation, order.scope) : []),
    ...(order.kind === 'grant' || order.kind === 'scoreCard' || order.kind === 'lift'
      ? unentitled(installation, order)
      : []),
    ...(order.kind === 'grant' || order.kind === 'scoreCard' ? byOwner(installation, order) : []),
    ...(order.kind === 'grant'
      ? [...ungrantable(installation, order), ...unpermitted(installation, authorize, order)]
      : []),
    ...(order.kind === 'erase' || order.kind === 'placeLegalHold' || order.kind === 'endLegalHold'
      ? ledgerOrderFaults(installation, order)
      : []),
  ];
}

/** Returns why a person may not grant levels or lift holds by the operators' rules; empty when they may. */
function unentitled(installation: Installation, { kind, person }: Order): Fault[] {
  const { grantedBy } = installation.rules.standing ?? {};
  if (grantedBy === undefined) {
    const remedy = 'name a group in countersign.yaml, as standing: { grantedBy: group:name }';
    return [fault('person', `nobody may ${DOING[kind]}: ${remedy}`)];
  }
  if (membersOf(installation, grantedBy).includes(person)) return [];
  return [fault('person', `${person} may not ${DOING[kind]}: that is for ${grantedBy}`)];
}

const DOING: Readonly<Record<string, string>> = {
  grant: 'grant',
  scoreCard: 'record a score card',
  lift: 'lift',
};

/** INVARIANT 4: the owner of an agent may not grant it a level, nor say how its build did. */
function byOwner(installation: Installation, { kind, person, agent }: GrantOrder | ScoreCardOrder): Fault[] {
  const agentEntry = lookup(installation.agents, agent);
  const may = kind === 'grant' ? 'grant it; you may place a hold' : 'record it';
  return [
    ...unknownName('agent', agent, installation.agents),
    ...(agentEntry && requesterSide(installation, agentEntry).includes(person)
      ? [fault('person', `${agentEntry.owner} owns ${agent}, so somebody else has to ${may}`)]
      : []),
  ];
}

/** INVARIANT 10: nobody may grant a level above the ceiling. */
function ungrantable(installation: Installation, { actionType, level }: GrantOrder): Fault[] {
  const type = lookup(installation.actionTypes, actionType);
  const ceiling = type && ceilingOf(type);
  return [
    ...unknownName('actionType', actionType, installation.actionTypes),
    ...(ceiling && level > ceiling.level
      ? [fault('level', `must be at most ${ceiling.level}: ${ceiling.reason}`)]
      : []),
  ];
}

/**
 * Returns why policies do not permit a grant. They can limit a person whom countersign.yaml lets grant: to lower levels, certain agents, or
 * less critical services.
 */
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

/**
 * Returns the names in a scope that do not exist. A hold on such a name would stop nothing, and the person who placed it would not know.
 */
function unknownIn(installation: Installation, scope: HoldScope): readonly Fault[] {
  switch (scope.kind) {
    case 'everything':
      return [];
    case 'agent':
      return unknownName('scope.agent', scope.agent, installation.agents);
    case 'actionType':
      return unknownName('scope.actionType', scope.actionType, installation.actionTypes);
    case 'service':
      return [
        ...unknownName('scope.service', scope.service, installation.services),
        ...(scope.environment === undefined
          ? []
          : unknownName('scope.environment', scope.environment, installation.environments)),
      ];
  }
}
