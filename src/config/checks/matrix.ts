import type { Level } from '../../domain/action/autonomy-level.ts';
import { groupsIn, textOf } from '../../domain/approval/requirement.ts';
import { standingFor } from '../../domain/autonomy/held-level.ts';
import { keyOf } from '../../domain/autonomy/standing.ts';
import { audience } from '../../domain/installation/directory.ts';
import {
  type ActionType,
  type Installation,
  type Service,
  targetsIn,
} from '../../domain/installation/installation.ts';
import type { Authorize, ModeName } from '../../domain/policy/policy.ts';
import { assessImpact } from '../../domain/risk/impact.ts';
import { unasked } from '../../domain/risk/live-context.ts';
import { anAction } from '../../domain/ruling/an-action.ts';
import { type Judgement, judge } from '../../domain/ruling/judge.ts';
import { SOME_DAY } from '../policies/cases.ts';
import type { CheckedPolicy } from '../policies/policies.ts';
import type { ConfigFault } from '../source/fault.ts';

/** What agents may do to a service with an action type, and which people are responsible. */
export interface Responsibility {
  readonly actionType: string;
  readonly service: string;
  readonly environment: string;
  /** The agents for whom this row is the same, by id. */
  readonly agents: readonly string[];
  /** The ruling for an agent of level 0, 1, 2 and 3. */
  readonly byLevel: readonly (ModeName | 'deniedByPolicy' | 'undeliverable')[];
  /** The people who decide, at the levels where people do, for example "1 of checkout-team". */
  readonly approve: readonly string[];
  /** The people who are told, with the channel, for example "checkout-team by mail". */
  readonly told: readonly string[];
  /** The rollback: automatic or not, and the people who must act when it fails or when there is none. */
  readonly rollback: { readonly automatic: boolean; readonly people: string };
  /** Why nobody could decide on it, if that is so. */
  readonly faults: readonly string[];
}

const LEVELS: readonly Level[] = [0, 1, 2, 3];

/** Returns the number of rulings that the matrix of an installation needs. */
export function rulingsIn(installation: Installation, policies: readonly CheckedPolicy[]): number {
  const { actionTypes, environments } = installation;
  const counts = [actionTypes, targetsIn(installation), environments].map(
    (table) => Object.keys(table).length,
  );
  return counts.reduce(
    (product, count) => product * count,
    LEVELS.length * kindsOfAgents(installation, policies).length,
  );
}

/**
 * Rules on every action type on every service in every environment, for every agent at every level. The assumptions: a Tuesday at noon UTC,
 * no freeze, within the change window, nothing on record, and a size that counts as the largest.
 */
export function responsibilitiesOf(
  installation: Installation,
  authorize: Authorize,
  policies: readonly CheckedPolicy[],
): Responsibility[] {
  const { actionTypes, environments } = installation;
  const kinds = kindsOfAgents(installation, policies);
  return Object.values(actionTypes).flatMap((type) =>
    targetsIn(installation).flatMap((service) =>
      Object.keys(environments).flatMap((environment) =>
        merged(
          kinds.map(([agent, agents]) => ({
            actionType: type.name,
            service: service.name,
            environment,
            agents,
            ...rowOf(installation, authorize, { type, service, environment, agent }),
          })),
        ),
      ),
    ),
  );
}

/**
 * Groups the agents that no policy and no rule can tell apart, with one of each group: agents of the same owner, except those that a policy
 * names.
 */
function kindsOfAgents({ agents }: Installation, policies: readonly CheckedPolicy[]): [string, string[]][] {
  const namedAgents = new Set(
    policies.flatMap(({ entities }) => entities.flatMap(({ type, id }) => (type === 'Agent' ? [id] : []))),
  );
  const kinds = new Map<string, [string, string[]]>();
  for (const { id, owner } of Object.values(agents)) {
    const key = JSON.stringify([owner, namedAgents.has(id) ? id : '']);
    const [first, agentIds] = kinds.get(key) ?? [id, []];
    kinds.set(key, [first, [...agentIds, id]]);
  }
  return [...kinds.values()];
}

interface Cell {
  readonly type: ActionType;
  readonly service: Service;
  readonly environment: string;
  readonly agent: string;
}

function rowOf(
  installation: Installation,
  authorize: Authorize,
  { type, service, environment, agent: id }: Cell,
): Pick<Responsibility, 'byLevel' | 'approve' | 'told' | 'rollback' | 'faults'> {
  const owner = installation.agents[id]?.owner ?? '';
  const sampleAction = anAction(type, service.name, service.serviceTier, environment);
  const action = { ...sampleAction, agent: { id, owner, version: 'any' } };
  const impact = assessImpact(
    installation,
    { action, type },
    { past: [], live: unasked(installation, action, SOME_DAY) },
  );
  const input = { action, impact, circumstances: {}, at: SOME_DAY };
  const rulings = LEVELS.map((level) =>
    judge(installation, authorize, {
      ...input,
      held: standingFor([], keyOf(action), level, SOME_DAY).held,
    }),
  );
  const recipientText = (recipient: string) => audience(installation, action, [recipient]).whom;
  return {
    byLevel: rulings.map((ruling) => (ruling.kind === 'forbid' ? ruling.outcome : ruling.mode)),
    approve: unique(
      rulings.flatMap((ruling) => ('requirement' in ruling ? [textOf(ruling.requirement)] : [])),
    ),
    told: unique(rulings.flatMap((ruling) => toldOf(ruling, recipientText))),
    rollback: {
      automatic: type.rollback !== undefined,
      people: recipientText(type.rollback ? 'on-call' : 'owners'),
    },
    faults: unique(
      rulings.flatMap((ruling) =>
        ruling.kind === 'forbid' && ruling.outcome === 'undeliverable' ? ruling.reasons.slice(-1) : [],
      ),
    ),
  };
}

function toldOf(ruling: Judgement, recipientText: (recipient: string) => string): string[] {
  if (ruling.kind === 'forbid') return [];
  const askedTexts =
    'route' in ruling
      ? ruling.route.steps.flatMap((step) => ('by' in step ? `${step.whom} by ${step.by}` : []))
      : [];
  const pageTexts = ruling.mode === 'executeAfterWindow' ? [`${recipientText('on-call')} by page`] : [];
  const recommendationTexts = ruling.mode === 'recommend' ? [`${recipientText('owners')} by mail`] : [];
  const reviewTexts = 'review' in ruling ? [`${groupsIn(ruling.review.requirement)} by mail`] : [];
  return [...askedTexts, ...pageTexts, ...recommendationTexts, ...reviewTexts];
}

/** Merges the rows of agents for whom everything else is the same. */
function merged(rows: readonly Responsibility[]): Responsibility[] {
  const byRest = new Map<string, Responsibility>();
  for (const row of rows) {
    const key = JSON.stringify({ ...row, agents: [] });
    const agents = [...(byRest.get(key)?.agents ?? []), ...row.agents].sort();
    byRest.set(key, { ...row, agents });
  }
  return [...byRest.values()];
}

const unique = (texts: readonly string[]) => [...new Set(texts)];

/**
 * Returns the actions that an agent may ask for and that nobody could decide on: policies may exclude everybody whom countersign.yaml
 * names.
 */
export function undecidable(responsibilities: readonly Responsibility[]): ConfigFault[] {
  return responsibilities.flatMap(({ actionType, service, environment, agents, faults }) =>
    faults.map((why) => ({
      file: 'policies',
      line: 1,
      problem: `nobody could decide on ${actionType} on ${service} in ${environment}, asked for by ${agents.join(', ')}: ${why}`,
    })),
  );
}
