import { standingIn, standingSubject } from '../../contract/standing.ts';
import type { Action } from '../../domain/action/action.ts';
import type { Hold } from '../../domain/admission/hold.ts';
import { heldLevel, raisingNothing, type Standing, standingFor } from '../../domain/autonomy/held-level.ts';
import { reportOn, type StandingReport } from '../../domain/autonomy/promotion.ts';
import { missingCard } from '../../domain/autonomy/score-card-rule.ts';
import {
  changesIn,
  type Demoted,
  type Enrolled,
  type Granted,
  keyOf,
  type StandingChange,
  type StandingFact,
  sameKey,
} from '../../domain/autonomy/standing.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { signedToday } from '../../domain/installation/keys-today.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { partOf } from '../../domain/shared/json-reader.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { Holds } from '../ports/holds.ts';
import type { Fact, Ledger } from '../ports/ledger.ts';
import type { PastActions } from '../ports/past-actions.ts';
import { scoreCards } from './score-cards.ts';
import { warnOfUnreadable } from './unreadable.ts';

/** A change of standing as a fact of the ledger, with the evidence for the change. */
export function standingFact(
  { kind, at, ...body }: StandingChange,
  eventId: string,
  evidence: { readonly [name: string]: unknown } = {},
): Fact {
  return { eventId, actionId: standingSubject(body.key.agent.id), kind, at, body: { ...body, ...evidence } };
}

export const enrolledFact = (enrolment: Enrolled) =>
  standingFact(enrolment, `${standingSubject(enrolment.key.agent.id)}/${digestOf(enrolment.key)}/enrolled`);

/** A demotion as a fact of the ledger. @param runId the workflow run that found it: that of the action, or of its review */
export const demotedFact = (demotion: Demoted, runId: string) =>
  standingFact(demotion, `${demotion.actionId}/${runId}/demoted`);

/**
 * The standing of an agent. Unreadable entries count against the agent, and are logged. INVARIANTS 3, 13: a grant raises nothing
 * when its person did not sign it, or signed it with a key that is gone from the catalog.
 */
export async function standingFacts(
  { ledger, installation }: Pick<StandingDeps, 'ledger' | 'installation'>,
  agentId: string,
): Promise<StandingFact[]> {
  const entries = await ledger.entriesOf(standingSubject(agentId));
  const firstLevel = lookup(installation.agents, agentId)?.level ?? 0;
  const facts: StandingFact[] = [];
  for (const [i, fact] of standingIn(entries).entries()) {
    const isUnsigned =
      fact.kind === 'granted' && !isSigned(installation, fact, partOf(entries[i]?.body, 'jws'));
    facts.push(isUnsigned ? raisingNothing(facts, fact, firstLevel) : fact);
  }
  const unreadable = facts.flatMap((fact) => (fact.kind === 'unreadable' ? fact.seq : []));
  warnOfUnreadable(standingSubject(agentId), unreadable);
  return facts;
}

/** Whether the person of a grant signed exactly this. Write access to the ledger alone grants nothing. */
function isSigned(installation: Installation, { by, level, key }: Granted, jws: unknown): boolean {
  const { agent, actionType, serviceTier } = key;
  const signedContent = {
    kind: 'grant',
    person: by,
    level,
    actionType,
    serviceTier,
    agent: agent.id,
    agentVersion: agent.version,
    model: agent.model,
    promptDigest: agent.promptDigest,
  };
  return typeof jws === 'string' && signedToday(installation, by, jws, signedContent);
}

/** The standing of the agent for the ruling of an action now. */
export async function agentStanding(
  { installation, ledger }: { readonly installation: Installation; readonly ledger: Ledger },
  action: Action,
  at: number,
): Promise<Standing> {
  // A person asks, and other people approve: that is level 1. It is held by nobody, so nothing raises or lowers it.
  if (action.takesBack) return { held: standingFor([], keyOf(action), 1, at).held };
  const facts = await standingFacts({ ledger, installation }, action.agent.id);
  // An agent that is gone from the catalog is ruled on as level 0, regardless of its former level.
  const autonomy = lookup(installation.agents, action.agent.id)?.level ?? 0;
  return standingFor(facts, keyOf(action), autonomy, at);
}

export interface StandingDeps {
  readonly installation: Installation;
  readonly ledger: Ledger;
  readonly pastActions: PastActions;
  readonly holds: Holds;
}

export interface StandingQuestion {
  /** The agent to report on. Absent: every agent of the catalog. */
  readonly agent?: string | undefined;
}

export function createStanding({ installation, ledger, pastActions, holds }: StandingDeps) {
  async function reportsOn(agent: string): Promise<StandingReport[]> {
    const facts = await standingFacts({ ledger, installation }, agent);
    const cards = await scoreCards({ ledger, installation }, agent);
    const rule = installation.rules.standing?.scoreCard;
    const keys = changesIn(facts).map(({ key }) => key);
    const distinctKeys = keys.filter((key, i) => keys.findIndex((otherKey) => sameKey(otherKey, key)) === i);
    const reports = distinctKeys.map(async (key) => {
      const levelNow = heldLevel(facts, key);
      const earlierActions = await pastActions.of(key);
      if (!levelNow) return [];
      const noCard = missingCard(rule, cards, key.agent, levelNow.evidenceFrom);
      const type = lookup(installation.actionTypes, key.actionType);
      return [reportOn(key, levelNow, type, earlierActions, noCard)];
    });
    return (await Promise.all(reports)).flat();
  }

  return {
    /** The standing of agents, with the evidence. Changes nothing. */
    standing: async ({ agent }: StandingQuestion): Promise<StandingReport[]> => {
      const agents = agent === undefined ? Object.keys(installation.agents).sort() : [agent];
      return (await Promise.all(agents.map(reportsOn))).flat();
    },

    /** The holds that stand, oldest first. Changes nothing. */
    holds: (): Promise<Hold[]> => holds.list(),
  };
}
