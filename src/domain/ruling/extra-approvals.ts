import type { Action, Category, Severity } from '../action/action.ts';
import { groupsIn, peopleIn, type Requirement, textOf } from '../approval/requirement.ts';
import type { Route, RouteStep, Telling } from '../escalation/route.ts';
import type { Installation, SeverityRule } from '../installation/installation.ts';
import { requirementFor } from '../installation/requester-side.ts';
import type { PolicyMention } from '../policy/policy.ts';
import { lookup } from '../shared/lookup.ts';

/** An approval that is required because of what the action may do, at any tier. */
export interface Demand {
  readonly requirement: Requirement;
  readonly reason: string;
}

type Severities = Readonly<Record<Category, Severity>>;

/** The rules that apply at these severities. A higher severity never gets fewer rules. */
export const demandedOf = (rules: readonly SeverityRule[], severity: Severities): readonly SeverityRule[] =>
  rules.filter(({ when }) => severity[when.category] >= when.atLeast);

/** Returns the approvals that operators require for an action of these severities. */
export function demandsOn(installation: Installation, action: Action, severity: Severities): Demand[] {
  return demandedOf(installation.rules.approvals, severity).map(({ when, require }) => {
    const requirement = requirementFor(installation, action, require);
    const { category } = when;
    return {
      requirement,
      reason: `it is ${category} ${severity[category]} of 4, so ${textOf(requirement)} must approve it`,
    };
  });
}

/** Returns the approvals that a permitting policy requires. If the named approval rule no longer exists, nobody can meet the demand. */
export function demandedBy(
  installation: Installation,
  action: Action,
  { id, requires }: Pick<PolicyMention, 'id' | 'requires'>,
): Demand[] {
  if (requires === undefined) return [];
  const rule = lookup(installation.rules.approvalRules, requires) ?? { atLeast: 1, of: [] };
  const requirement = requirementFor(installation, action, rule);
  return [{ requirement, reason: `${id} requires ${requires}, so ${textOf(requirement)} must approve it` }];
}

interface Asked {
  readonly requirement: Requirement;
  readonly route: Route;
}

/** Adds the demands to the requirement: all must be met. The people whom they add are mailed at once, before the tier's own route. */
export function withDemands(request: Asked, demands: readonly Demand[]): Asked {
  if (demands.length === 0) return request;
  const { requirement, route } = request;
  const addedRequirement: Requirement = { allOf: demands.map((demand) => demand.requirement) };
  const [first] = route.steps;
  const toldAnyway = first && 'by' in first && first.by === 'mail' && !first.shifts ? first.people : [];
  const people = peopleIn(addedRequirement).filter((person) => !toldAnyway.includes(person));
  const mail = { by: 'mail', whom: groupsIn(addedRequirement), people, waitMs: 0 } as const;
  return {
    requirement: { allOf: [requirement, ...addedRequirement.allOf] },
    route: people.length === 0 ? route : { ...route, steps: withStepBefore(mail, route.steps) },
  };
}

/** Puts a step in front and renumbers the references of the other steps. */
const withStepBefore = (step: Telling, steps: readonly RouteStep[]): RouteStep[] => [
  step,
  ...steps.map(moveStep),
];

function moveStep(step: RouteStep): RouteStep {
  const next = step.next === undefined ? {} : { next: step.next + 1 };
  if ('when' in step) return { ...step, next: step.next + 1, else: step.else + 1 };
  return 'repeatFrom' in step ? { ...step, ...next, repeatFrom: step.repeatFrom + 1 } : { ...step, ...next };
}
