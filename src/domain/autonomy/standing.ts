import type { Action, AgentBuild, ServiceTier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';

/** What a level is held for. Another version, model or prompt of the agent holds another one. */
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

/** The first action of a build: where it starts. */
export interface Enrolled extends Change {
  readonly kind: 'enrolled';
  readonly level: Level;
  /** The build before it, with the level that it had then; absent: the agent's first, which starts as the catalog says. */
  readonly after?: { readonly agent: AgentBuild; readonly level: Level } | undefined;
}

/** A person signed it. Not counted from later than it was signed, nor from later than it was handed in. */
export interface Granted extends Change {
  readonly kind: 'granted';
  readonly level: Level;
  readonly by: string;
  readonly reason: string;
  readonly orderId: string;
}

/** `anomaly`: the agent asked for more than its limits allow. `lost`: its effect may stand, and its workflow is gone. */
export const DEMOTED_BECAUSE = ['rolledBack', 'rollbackFailed', 'disagreed', 'anomaly', 'lost'] as const;

/** An action went wrong: one level down. */
export interface Demoted extends Change {
  readonly kind: 'demoted';
  readonly actionId: string;
  readonly because: (typeof DEMOTED_BECAUSE)[number];
  readonly reason: string;
}

/** One fact of the ledger about standing. */
export type StandingChange = Enrolled | Granted | Demoted;

/** An entry about an agent's standing that cannot be read: it may have lowered any level of the agent. */
export interface UnreadableChange {
  readonly kind: 'unreadable';
  /** Its place in the ledger. */
  readonly seq: number;
  /** Never before what is before it in the ledger. Milliseconds since the epoch. */
  readonly at: number;
}

/** All of an agent's together are its standing. */
export type StandingFact = StandingChange | UnreadableChange;

export const changesIn = (facts: readonly StandingFact[]): StandingChange[] =>
  facts.flatMap((fact) => (fact.kind === 'unreadable' ? [] : fact));

export const keyOf = ({ agent, type, serviceTier }: Pick<Action, 'agent' | 'type' | 'serviceTier'>) => {
  const { owner: _, unsigned: __, ...build } = agent;
  return { agent: build, actionType: type, serviceTier };
};

const sameBuild = (a: AgentBuild, b: AgentBuild) =>
  a.id === b.id && a.version === b.version && a.model === b.model && a.promptDigest === b.promptDigest;

export const sameWork = (a: StandingKey, b: StandingKey) =>
  a.agent.id === b.agent.id && a.actionType === b.actionType && a.serviceTier === b.serviceTier;

export const sameKey = (a: StandingKey, b: StandingKey) => sameWork(a, b) && sameBuild(a.agent, b.agent);
