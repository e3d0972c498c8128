import type { Action, AgentBuild, ServiceTier } from './action.ts';
import type { Level } from './level.ts';

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

/** `anomaly`: the agent asked for more than its limits allow. */
export const DEMOTED_BECAUSE = ['rolledBack', 'rollbackFailed', 'disagreed', 'anomaly'] as const;

/** An action went wrong: one level down. */
export interface Demoted extends Change {
  readonly kind: 'demoted';
  readonly actionId: string;
  readonly because: (typeof DEMOTED_BECAUSE)[number];
  readonly reason: string;
}

/** One fact of the ledger about standing. All of an agent's together are its standing. */
export type StandingChange = Enrolled | Granted | Demoted;

export interface HeldLevel {
  readonly level: Level;
  /** When it last changed. */
  readonly since: number;
  /** From when on evidence counts: what came before the last lowering was judged by it. 0: all of it. */
  readonly evidenceFrom: number;
  /** Who gave the level that the rest started from. */
  readonly given: Enrolled | Granted;
  readonly lowered: readonly Demoted[];
}

export const keyOf = ({ agent, type, serviceTier }: Pick<Action, 'agent' | 'type' | 'serviceTier'>) => {
  const { owner: _, unsigned: __, ...build } = agent;
  return { agent: build, actionType: type, serviceTier };
};

const sameBuild = (a: AgentBuild, b: AgentBuild) =>
  a.id === b.id && a.version === b.version && a.model === b.model && a.promptDigest === b.promptDigest;

const sameWork = (a: StandingKey, b: StandingKey) =>
  a.agent.id === b.agent.id && a.actionType === b.actionType && a.serviceTier === b.serviceTier;

export const sameKey = (a: StandingKey, b: StandingKey) => sameWork(a, b) && sameBuild(a.agent, b.agent);

/**
 * The level that a key holds, from the facts of the ledger alone; undefined while nothing is known of it. Facts count in
 * the order of their times, so that it does not matter which of two was written first: what a person granted before an
 * action went wrong does not undo that.
 */
export function heldLevel(changes: readonly StandingChange[], key: StandingKey): HeldLevel | undefined {
  return changes
    .filter((change) => sameKey(change.key, key))
    .sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind])
    .reduce<HeldLevel | undefined>(next, undefined);
}

const RANK = { enrolled: 0, granted: 1, demoted: 2 };

function next(held: HeldLevel | undefined, change: StandingChange): HeldLevel | undefined {
  const { at } = change;
  switch (change.kind) {
    case 'enrolled':
      // Granted before it first acted: that stands.
      return held ?? begunAs(change);
    case 'granted': {
      const evidenceFrom = held && held.level > change.level ? at : (held?.evidenceFrom ?? 0);
      return { level: change.level, since: at, evidenceFrom, given: change, lowered: [] };
    }
    case 'demoted': {
      if (!held) return undefined;
      // At level 0 there is nothing left to take, but what people see of the agent begins anew.
      if (held.level === 0) return { ...held, evidenceFrom: at };
      const lowered = [...held.lowered, change];
      return { ...held, level: LOWER[held.level], since: at, evidenceFrom: at, lowered };
    }
  }
}

const begunAs = (given: Enrolled): HeldLevel => ({
  ...{ level: given.level, since: given.at, evidenceFrom: 0 },
  ...{ given, lowered: [] },
});

const LOWER: Readonly<Record<Level, Level>> = { 0: 0, 1: 0, 2: 1, 3: 2 };

/** What an agent's next action is ruled with. */
export interface Standing {
  readonly held: HeldLevel;
  /** The fact to record when it is the first action of its build. */
  readonly begins?: Enrolled | undefined;
}

/**
 * The standing for an action. A build that has not acted yet starts one level below the build that began last with the
 * same work: never below level 1, where people approve each action, unless that one may do less.
 *
 * @param autonomy the level of the catalog, where the first build of an agent starts
 * @param at milliseconds since the epoch
 */
export function standingFor(
  changes: readonly StandingChange[],
  key: StandingKey,
  autonomy: Level,
  at: number,
): Standing {
  const begun = changes.filter((change) => change.kind === 'enrolled' && sameWork(change.key, key));
  const held = heldLevel(changes, key);
  if (held && begun.some((change) => sameKey(change.key, key))) return { held };
  const last = begun.sort((a, b) => a.at - b.at).at(-1);
  const before = last && heldLevel(changes, last.key);
  const begins: Enrolled = before
    ? {
        kind: 'enrolled',
        key,
        at,
        level: startAfter(before.level),
        after: { agent: last.key.agent, level: before.level },
      }
    : { kind: 'enrolled', key, at, level: autonomy };
  return { held: held ?? begunAs(begins), begins };
}

const startAfter = (level: Level) => (level > 1 ? LOWER[level] : level);
