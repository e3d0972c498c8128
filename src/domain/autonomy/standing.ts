import type { Action, AgentBuild, ServiceTier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import { NEEDS_A_LOOK } from '../action/outcome.ts';

/** The key of a level: another version, model or prompt of the agent has its own level. */
export interface StandingKey {
  readonly agent: AgentBuild;
  readonly actionType: string;
  readonly serviceTier: ServiceTier;
}

interface Change {
  readonly key: StandingKey;
  /** Milliseconds since the epoch, by the server's clock. */
  readonly at: number;
}

/** The first action of a build, with the level at which the build starts. */
export interface Enrolled extends Change {
  readonly kind: 'enrolled';
  readonly level: Level;
  /** The previous build, with its level at that time. Absent: this is the agent's first build, which starts at the catalog's level. */
  readonly after?: { readonly agent: AgentBuild; readonly level: Level } | undefined;
}

/** A grant that a person signed. Its time is the earlier one of when it was signed and when it was handed in. */
export interface Granted extends Change {
  readonly kind: 'granted';
  readonly level: Level;
  readonly by: string;
  readonly reason: string;
  readonly orderId: string;
}

/**
 * The causes of a demotion. `regressed`: a person reported it, after the watch had found nothing. `anomaly`: the agent asked for more than its limits allow. `lost`: its workflow is gone, and its effect may
 * stand.
 */
export const DEMOTED_BECAUSE = [
  'rolledBack',
  ...NEEDS_A_LOOK,
  'disagreed',
  'regressed',
  'anomaly',
  'lost',
] as const;

/** An action went wrong: the agent loses one level. */
export interface Demoted extends Change {
  readonly kind: 'demoted';
  readonly actionId: string;
  readonly because: (typeof DEMOTED_BECAUSE)[number];
  readonly reason: string;
}

/** One fact of the ledger about a standing. */
export type StandingChange = Enrolled | Granted | Demoted;

/** An entry about an agent's standing that cannot be read. It may have lowered any level of the agent. */
export interface UnreadableChange {
  readonly kind: 'unreadable';
  /** Its sequence number in the ledger. */
  readonly seq: number;
  /** Never earlier than the entries before it in the ledger. Milliseconds since the epoch. */
  readonly at: number;
}

/** The facts about one agent; all of them together are its standing. */
export type StandingFact = StandingChange | UnreadableChange;

export const changesIn = (facts: readonly StandingFact[]): StandingChange[] =>
  facts.flatMap((fact) => (fact.kind === 'unreadable' ? [] : fact));

export const keyOf = ({ agent, type, serviceTier }: Pick<Action, 'agent' | 'type' | 'serviceTier'>) => {
  const { owner: _, unsigned: __, ...build } = agent;
  return { agent: build, actionType: type, serviceTier };
};

export const sameBuild = (a: AgentBuild, b: AgentBuild) =>
  a.id === b.id && a.version === b.version && a.model === b.model && a.promptDigest === b.promptDigest;

export const sameWork = (a: StandingKey, b: StandingKey) =>
  a.agent.id === b.agent.id && a.actionType === b.actionType && a.serviceTier === b.serviceTier;

export const sameKey = (a: StandingKey, b: StandingKey) => sameWork(a, b) && sameBuild(a.agent, b.agent);
