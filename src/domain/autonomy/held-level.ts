import type { Level } from '../action/autonomy-level.ts';
import {
  changesIn,
  type Demoted,
  type Enrolled,
  type Granted,
  type StandingChange,
  type StandingFact,
  type StandingKey,
  sameKey,
  sameWork,
  type UnreadableChange,
} from './standing.ts';

/** The level that an agent holds for one kind of work, and its history. */
export interface HeldLevel {
  readonly level: Level;
  /** When it last changed, in milliseconds since the epoch. */
  readonly since: number;
  /** From when on evidence counts. Earlier evidence was judged by the last lowering. 0: all evidence counts. */
  readonly evidenceFrom: number;
  /** The enrolment or the grant that the level started from. */
  readonly given: Enrolled | Granted;
  readonly lowered: readonly (Demoted | UnreadableChange)[];
}

/**
 * Returns the level of a key, from the facts of the ledger alone; undefined when nothing is known about the key. Facts count in the order
 * of their times, so the order of writing does not matter: a grant from before an action went wrong does not undo the demotion.
 */
export function heldLevel(facts: readonly StandingFact[], key: StandingKey): HeldLevel | undefined {
  const held = changesIn(facts)
    .filter((change) => sameKey(change.key, key))
    .sort((a, b) => a.at - b.at || RANK[a.kind] - RANK[b.kind])
    .reduce<HeldLevel | undefined>(next, undefined);
  return held && doubted(held, facts);
}

/**
 * Applies unreadable entries. INVARIANT 10: an unreadable entry counts against the agent and sets level 0. Only a later grant by a person
 * gives a level again.
 */
function doubted(held: HeldLevel, facts: readonly StandingFact[]): HeldLevel {
  const { given, level, lowered } = held;
  const unreadableChanges = facts.flatMap((fact) =>
    fact.kind === 'unreadable' && !(given.kind === 'granted' && given.at > fact.at) ? fact : [],
  );
  if (unreadableChanges.length === 0) return held;
  const last = Math.max(...unreadableChanges.map(({ at }) => at));
  return {
    level: 0,
    since: level === 0 ? held.since : last,
    evidenceFrom: Math.max(held.evidenceFrom, last),
    given,
    lowered: [...lowered, ...unreadableChanges],
  };
}

const RANK = { enrolled: 0, granted: 1, demoted: 2 };

function next(held: HeldLevel | undefined, change: StandingChange): HeldLevel | undefined {
  const { at } = change;
  switch (change.kind) {
    case 'enrolled':
      // A grant from before its first action stays valid.
      return held ?? begunAs(change);
    case 'granted': {
      const evidenceFrom = held && held.level > change.level ? at : (held?.evidenceFrom ?? 0);
      return { level: change.level, since: at, evidenceFrom, given: change, lowered: [] };
    }
    case 'demoted': {
      if (!held) return undefined;
      // At level 0 there is no level to take, but the evidence starts again.
      if (held.level === 0) return { ...held, evidenceFrom: at };
      const lowered = [...held.lowered, change];
      return { ...held, level: LOWER[held.level], since: at, evidenceFrom: at, lowered };
    }
  }
}

const begunAs = (enrolment: Enrolled): HeldLevel => ({
  level: enrolment.level,
  since: enrolment.at,
  evidenceFrom: 0,
  given: enrolment,
  lowered: [],
});

/** The level after one is lost. */
export const LOWER: Readonly<Record<Level, Level>> = { 0: 0, 1: 0, 2: 1, 3: 2 };

/**
 * Returns a grant whose signature is not valid today: it may lower a level, and raises none. @param begins the level at which the agent
 * begins
 */
export function raisingNothing(facts: readonly StandingFact[], grant: Granted, begins: Level): Granted {
  const levelBefore = heldLevel(facts, grant.key)?.level ?? begins;
  const reason = `${grant.reason} (no key of today signed it as it is: it raises nothing)`;
  return grant.level <= levelBefore ? grant : { ...grant, level: levelBefore, reason };
}

/** The standing of an agent: what its next action is ruled with. */
export interface Standing {
  readonly held: HeldLevel;
  /** The fact to record if this is the first action of its build. */
  readonly begins?: Enrolled | undefined;
}

/**
 * Returns the standing for an action. A build that has not acted yet starts one level below the build that began last with the same work.
 * It does not start below level 1, where people approve each action, unless that other build is below level 1 itself.
 *
 * @param autonomy the level in the catalog, at which the first build of an agent starts
 * @param at milliseconds since the epoch
 */
export function standingFor(
  facts: readonly StandingFact[],
  key: StandingKey,
  autonomy: Level,
  at: number,
): Standing {
  const enrolments = changesIn(facts).filter(
    (change) => change.kind === 'enrolled' && sameWork(change.key, key),
  );
  const held = heldLevel(facts, key);
  if (held && enrolments.some((change) => sameKey(change.key, key))) return { held };
  const last = enrolments.sort((a, b) => a.at - b.at).at(-1);
  const heldBefore = last && heldLevel(facts, last.key);
  const begins: Enrolled = heldBefore
    ? {
        kind: 'enrolled',
        key,
        at,
        level: startAfter(heldBefore.level),
        after: { agent: last.key.agent, level: heldBefore.level },
      }
    : { kind: 'enrolled', key, at, level: autonomy };
  return { held: held ?? doubted(begunAs(begins), facts), begins };
}

const startAfter = (level: Level) => (level > 1 ? LOWER[level] : level);
