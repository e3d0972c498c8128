import { standingChangeOf } from '../contract/standing.ts';
import type { Action } from '../domain/action.ts';
import { digestOf } from '../domain/digest.ts';
import { reportOn, type StandingReport } from '../domain/evidence.ts';
import type { Hold } from '../domain/hold.ts';
import type { Installation } from '../domain/installation.ts';
import { lookup } from '../domain/lookup.ts';
import {
  type Demoted,
  type Enrolled,
  heldLevel,
  keyOf,
  type Standing,
  type StandingChange,
  sameKey,
  standingFor,
} from '../domain/standing.ts';
import type { Holds } from './holds.ts';
import type { Fact, Ledger } from './ledger.ts';
import type { PastActions } from './past-actions.ts';

/** Where the ledger keeps an agent's standing: under a name that no action can have, whose ids hold no slash. */
const subjectOf = (agentId: string) => `standing/${agentId}`;

/** A change of standing as a fact of the ledger. `more`: what it rests on. */
export function standingFact(
  { kind, at, ...body }: StandingChange,
  eventId: string,
  more: { readonly [name: string]: unknown } = {},
): Fact {
  return { eventId, actionId: subjectOf(body.key.agent.id), kind, at, body: { ...body, ...more } };
}

export const enrolledFact = (begins: Enrolled) =>
  standingFact(begins, `${subjectOf(begins.key.agent.id)}/${digestOf(begins.key)}/enrolled`);

/** @param runId the workflow run that found it: of the action, or of its review */
export const demotedFact = (demotion: Demoted, runId: string) =>
  standingFact(demotion, `${demotion.actionId}/${runId}/demoted`);

export async function changesOf(ledger: Ledger, agentId: string): Promise<StandingChange[]> {
  return (await ledger.entriesOf(subjectOf(agentId))).map(standingChangeOf);
}

/** What an agent brings into the ruling of an action now. */
export async function agentStanding(
  { installation, ledger }: { readonly installation: Installation; readonly ledger: Ledger },
  action: Action,
  at: number,
): Promise<Standing> {
  const changes = await changesOf(ledger, action.agent.id);
  // An agent that is gone is ruled on as such, whatever it held.
  const autonomy = lookup(installation.agents, action.agent.id)?.level ?? 0;
  return standingFor(changes, keyOf(action), autonomy, at);
}

export interface StandingDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly pastActions: PastActions;
  readonly holds: Holds;
}

export interface StandingQuestion {
  /** Only this agent; every agent of the catalog where it is absent. */
  readonly agent?: string | undefined;
}

export function createStanding({ installation, ledger, pastActions, holds }: StandingDeps) {
  async function reportsOn(agent: string): Promise<StandingReport[]> {
    const changes = await changesOf(ledger, agent);
    const keys = changes.map(({ key }) => key);
    const distinct = keys.filter((key, i) => keys.findIndex((other) => sameKey(other, key)) === i);
    const reports = distinct.map(async (key) => {
      const held = heldLevel(changes, key);
      const past = await pastActions.of(key);
      return held ? [reportOn(key, held, lookup(installation.actionTypes, key.actionType), past)] : [];
    });
    return (await Promise.all(reports)).flat();
  }

  return {
    /** The standing of agents, with the evidence. Changes nothing. */
    standing: async ({ agent }: StandingQuestion): Promise<StandingReport[]> => {
      const agents = agent === undefined ? Object.keys(installation.agents).sort() : [agent];
      return (await Promise.all(agents.map(reportsOn))).flat();
    },

    /** What is on hold, oldest first. Changes nothing. */
    holds: (): Promise<Hold[]> => holds.list(),
  };
}
