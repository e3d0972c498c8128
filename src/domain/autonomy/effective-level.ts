import type { AgentBuild } from '../action/action.ts';
import { LEVEL_NAMES, type Level } from '../action/autonomy-level.ts';
import type { ActionType } from '../installation/installation.ts';
import type { HeldLevel } from './held-level.ts';
import type { Demoted, StandingChange } from './standing.ts';

/** The highest level that an agent can have for an action type, however good its record is. */
export interface Ceiling {
  readonly level: Level;
  readonly reason: string;
}

/** The authority of an agent in a ruling: the level that counted, and its source. */
export interface Authority {
  /** The level held, or the ceiling if that is lower. */
  readonly level: Level;
  readonly held: HeldLevel;
  readonly ceiling: Ceiling;
}

/**
 * Returns the ceiling of an action type. An action that cannot be taken back, or that touches security, is never left to an agent: people
 * approve each one.
 *
 * @param unsigned why the proposal may not come from its agent: then the ceiling is level 0, as for an unknown agent
 */
export function ceilingOf(
  { name, rollback, severity: { security } }: Pick<ActionType, 'name' | 'rollback' | 'severity'>,
  unsigned?: string,
): Ceiling {
  if (unsigned !== undefined) return { level: 0, reason: unsigned };
  if (!rollback) return { level: 1, reason: `${name} cannot be taken back` };
  if (security >= 3) return { level: 1, reason: `${name} touches security (${security} of 4)` };
  return { level: 3, reason: `${name} may be left to an agent` };
}

export function authorityOf(held: HeldLevel, ceiling: Ceiling): Authority {
  const { level } = ceiling.level < held.level ? ceiling : held;
  return { level, held, ceiling };
}

/** Says who gave the agent its level before any demotion: a sentence for people. */
export const whoGave = ({ held: { given } }: Authority): string => givenText(given);

function givenText(given: Authority['held']['given']): string {
  const { agent, actionType, serviceTier } = given.key;
  const work = `${actionType} on tier-${serviceTier} services`;
  if (given.kind === 'granted') {
    return `${given.by} granted ${build(agent)} ${levelText(given.level)} for ${work} on ${day(given.at)}: ${given.reason}`;
  }
  return given.after
    ? `${build(agent)} began at ${levelText(given.level)} for ${work}, as ${build(given.after.agent)} had ${levelText(given.after.level)}`
    : `The catalog lets ${agent.id} begin at ${levelText(given.level)} for ${work}`;
}

/** Says what lowered that level: sentences for people. */
export const whatLowered = ({ level, held, ceiling }: Authority): string[] => [
  ...held.lowered.map((change) =>
    change.kind === 'unreadable'
      ? `entry ${change.seq} of the ledger, about its agent, cannot be read: it has level 0 until a person grants it another`
      : loweredText(change),
  ),
  ...(level < held.level ? [`${ceiling.reason}: no more than ${levelText(level)} counts`] : []),
];

const loweredText = ({ actionId, because, at }: Demoted): string =>
  `${actionId} ${WHY[because]} on ${day(at)}: its agent lost a level`;

/** A change of an agent's standing: a sentence for people. */
export const changeText = (change: StandingChange): string =>
  change.kind === 'demoted' ? `${loweredText(change)}: ${change.reason}` : givenText(change);

const WHY = {
  rolledBack: 'had to be taken back',
  rollbackFailed: 'could not be taken back',
  rollbackUnverified: 'was taken back, and its metrics were not known to be back',
  disagreed: 'was found wrong by its reviewer',
  regressed: 'had regressed, as a person reported',
  anomaly: 'was over a limit of its agent',
  lost: 'was lost while it ran',
} as const;

const levelText = (level: Level) => `level ${level} (${LEVEL_NAMES[level]})`;
const day = (at: number) => new Date(at).toISOString().slice(0, 10);

/** An agent build in words: `deploy-agent 2.0.1 (model, prompt 3fa94b1c)`. */
export function build({ id, version, model, promptDigest }: AgentBuild): string {
  const prompt = promptDigest === undefined ? undefined : `prompt ${promptDigest.slice(0, 8)}`;
  const details = [model, prompt].filter((part) => part !== undefined).join(', ');
  return details === '' ? `${id} ${version}` : `${id} ${version} (${details})`;
}
