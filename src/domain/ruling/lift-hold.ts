import type { Action } from '../action/action.ts';
import { covers, describeHold, type Hold } from '../admission/hold.ts';
import { membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import { requesterSide } from '../installation/requester-side.ts';
import { lookup } from '../shared/lookup.ts';

/** The agent that a hold stops, or whose action left the hold behind, with the people who let that agent act. */
export interface Behind {
  readonly agent: string;
  /** The people who granted the agent a level that it holds. */
  readonly granters: readonly string[];
  /** The people who edited the action that left the hold behind. */
  readonly editors: readonly string[];
}

/** A hold as people see it before they decide. */
export interface StandingHold {
  readonly id: string;
  /** What is on hold, since when, by whom and why. */
  readonly what: string;
  /** The people who can lift it. */
  readonly liftedBy: readonly string[];
}

/**
 * INVARIANT 4: the requester's side may not say that the cause of the hold is over. Returns why a person may not lift it. Undefined: this
 * rule does not stop them; whether operators let them lift holds is judged elsewhere.
 *
 * @param suspects undefined when the hold does not concern one agent
 */
export function whyNotLift(
  installation: Installation,
  person: string,
  suspects: Behind | undefined,
): string | undefined {
  if (!suspects) return undefined;
  const { agent, granters, editors } = suspects;
  const agentEntry = lookup(installation.agents, agent);
  if (agentEntry && requesterSide(installation, agentEntry).includes(person))
    return `${person} owns the agent ${agent}`;
  if (granters.includes(person)) return `${person} granted ${agent} a level that it holds`;
  return editors.includes(person) ? `${person} edited what left it behind` : undefined;
}

/** The people whom operators let lift holds, without the side of the agent that the hold stops. */
export function liftersOf(installation: Installation, suspects: Behind | undefined): string[] {
  const { grantedBy } = installation.rules.standing ?? {};
  if (grantedBy === undefined) return [];
  return membersOf(installation, grantedBy).filter(
    (person) => whyNotLift(installation, person, suspects) === undefined,
  );
}

/** Whether a hold stops an action as it is ruled on. @param autonomous whether the action may run without people */
export const stops = (
  { scope, autonomousOnly }: Hold,
  action: Pick<Action, 'agent' | 'type' | 'target' | 'environment'>,
  autonomous: boolean,
): boolean => covers(scope, action) && (autonomous || !autonomousOnly);

export const standingHold = (
  installation: Installation,
  hold: Hold,
  suspects: Behind | undefined,
): StandingHold => ({
  id: hold.id,
  what: describeHold(hold),
  liftedBy: liftersOf(installation, suspects),
});

/** One sentence that people read before they decide about an action that a hold stops. */
export function holdText({ id, what, liftedBy }: StandingHold): string {
  const liftersText =
    liftedBy.length === 0
      ? 'nobody may lift it: operators name who may as standing.grantedBy'
      : `${liftedBy.join(', ')} can lift it (${id})`;
  return `nothing of it runs while ${what}; ${liftersText}`;
}
