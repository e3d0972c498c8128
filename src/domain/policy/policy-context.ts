import type { Action, Tier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import type { Doubt } from '../action/doubt.ts';
import type { Circumstances } from '../calendar/calendar.ts';
import { localTime } from '../calendar/local-time.ts';
import type { ActionType, Installation, Service } from '../installation/installation.ts';
import type { Impact } from '../risk/impact.ts';
import { whyNotUndone } from '../risk/known-good.ts';
import { lookup } from '../shared/lookup.ts';
import type { PolicyContext, PolicyEntity } from './policy.ts';

/** The facts about one action, besides what operators wrote. */
export interface Facts {
  readonly action: Action;
  readonly impact: Impact;
  readonly declaredTier?: Tier | undefined;
  readonly doubt?: Doubt | undefined;
  readonly level: Level;
  /** What the calendar says about `at`. */
  readonly circumstances: Circumstances;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** INVARIANT 10: returns the facts that policies may know. An agent writes the tier that it declares and how sure it is, and neither can lower a tier. */
export function contextOf(
  installation: Installation,
  type: ActionType,
  service: Service,
  { action, impact, declaredTier, doubt, level, circumstances, at }: Facts,
): PolicyContext {
  const { riskScore, rollbackDifficulty, costs } = impact;
  const { direct, transitive, mostCritical } = impact.blastRadius;
  const { waitingPerHour, beingWrong, errorBudget } = costs;
  return {
    actionType: type.name,
    environment: action.environment,
    production: !installation.notProduction.includes(action.environment),
    serviceTier: service.serviceTier,
    ...impact.severity,
    riskScore,
    rollbackDifficulty,
    reversible: whyNotUndone(action, impact.changes) === undefined,
    directDependents: direct.count,
    transitiveDependents: transitive.count,
    ...(mostCritical ? { mostCriticalDependent: mostCritical.serviceTier } : {}),
    level,
    ...(declaredTier === undefined ? {} : { declaredTier }),
    ...(doubt ? doubtContext(doubt) : {}),
    ...(type.runbook === undefined ? {} : { runbook: type.runbook }),
    frozen: circumstances.frozen !== undefined,
    outsideWindow: circumstances.outsideWindow !== undefined,
    ...(waitingPerHour === undefined ? {} : { costOfWaiting: cappedAmount(Math.floor(waitingPerHour)) }),
    ...(beingWrong === undefined ? {} : { costOfBeingWrong: cappedAmount(Math.ceil(beingWrong)) }),
    ...(errorBudget === undefined ? {} : { errorBudgetAtRisk: cappedAmount(Math.ceil(errorBudget * 100)) }),
    ...localTime(at, service.timeZone ?? installation.rules.calendar.timeZone),
  };
}

const doubtContext = ({ confidence, margin, anomalyScore }: Doubt) => ({
  confidence,
  margin,
  ...(anomalyScore === undefined ? {} : { anomalyScore }),
});

/** Limits an amount to the numbers that are represented exactly. A policy treats larger amounts as this one. */
const cappedAmount = (amount: number) => Math.min(amount, Number.MAX_SAFE_INTEGER);

/** An agent or a service as a policy entity. It is inside its owner and the groups around the owner. */
export const owned = (
  installation: Installation,
  type: 'Agent' | 'Service',
  id: string,
  owner: string,
): PolicyEntity => ({ type, id, within: [owner, ...groupsAround(installation, owner)] });

/** A person as a policy entity. It is inside every group that contains the person, directly or not. */
export const person = (installation: Installation, id: string): PolicyEntity => ({
  type: 'User',
  id,
  within: Object.entries(installation.groups).flatMap(([group, members]) =>
    members.includes(id) ? [`group:${group}`] : [],
  ),
});

function groupsAround(installation: Installation, ref: string): string[] {
  const [kind, name = ''] = ref.split(':');
  const parents = kind === 'group' ? lookup(installation.groupParents, name) : undefined;
  return (parents ?? []).map((group) => `group:${group}`);
}
