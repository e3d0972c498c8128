import type { Action, Tier } from './action.ts';
import { audience, membersOf, requirementFor } from './audience.ts';
import type { Circumstances } from './calendar.ts';
import { type Demand, demandsOn, withDemands } from './demands.ts';
import { actionDigest, type Pins } from './digest.ts';
import type { Route } from './escalation.ts';
import type { Installation, RouteTemplate } from './installation.ts';
import { lookup } from './lookup.ts';
import type { Requirement } from './requirement.ts';
import { tierOf } from './tier.ts';
import { whyUnsatisfiable } from './votes.ts';

export interface Review {
  readonly withinMs: number;
  readonly requirement: Requirement;
}

interface Ruled {
  readonly tier: Tier;
  readonly reasons: readonly string[];
  readonly pins: Pins;
  readonly digest: string;
  readonly people: Concerned;
}

/** Whom an action concerns besides its approvers, by person's name. */
export interface Concerned {
  readonly owners: readonly string[];
  readonly onCall: readonly string[];
  /** The agent's owner: told how it ended, never asked to approve. */
  readonly requester: readonly string[];
}

/** What the agent may do: forbidden, or the lowest-friction mode that the rules permit. */
export type Ruling =
  | (Ruled & { readonly kind: 'forbid'; readonly outcome: 'deniedByPolicy' | 'undeliverable' })
  | (Ruled & { readonly kind: 'permit' } & Mode);

export type Mode =
  | { readonly mode: 'execute'; readonly review: Review; readonly admitWithinMs: number }
  | {
      readonly mode: 'executeAfterWindow';
      readonly requirement: Requirement;
      readonly route: Route;
      readonly review: Review;
      readonly admitWithinMs: number;
    }
  | {
      readonly mode: 'executeWithApproval';
      readonly requirement: Requirement;
      readonly route: Route;
      readonly admitWithinMs: number;
    }
  | { readonly mode: 'recommend' };

/** Rules on an action: its tier, who must approve, whom to tell and in which order, all pinned by digests. */
export function rule(
  installation: Installation,
  action: Action,
  declaredTier: Tier | undefined,
  circumstances: Circumstances = {},
): Ruling {
  const type = lookup(installation.actionTypes, action.type);
  const { policy, catalog, actionTypes } = installation.digests;
  const pins = { policy, catalog, actionType: lookup(actionTypes, action.type) ?? 'unknown' };
  const digest = actionDigest(action, pins);
  const people = {
    owners: audience(installation, action, ['owners']).people,
    onCall: membersOf(installation, installation.rules.onCall),
    requester: membersOf(installation, action.agent.owner),
  };
  const service = lookup(installation.services, action.target);
  const gone = [
    ...(type ? [] : [`the action type ${action.type} no longer exists`]),
    ...(service ? [] : [`the service ${action.target} no longer exists`]),
    ...(lookup(installation.environments, action.environment)
      ? []
      : [`the environment ${action.environment} no longer exists`]),
    ...(lookup(installation.agents, action.agent.id)
      ? []
      : [`the agent ${action.agent.id} no longer exists`]),
  ];
  if (!type || !service || gone.length > 0) {
    return { kind: 'forbid', outcome: 'deniedByPolicy', tier: 4, reasons: gone, pins, digest, people };
  }
  const demands = demandsOn(installation, action, type.severity);
  const { tier, reasons: forTier } = tierOf({
    byServiceTier: type.tier,
    serviceTier: service.serviceTier,
    reversible: action.rollback !== undefined,
    approvalDemanded: demands.length > 0,
    declaredTier,
    circumstances,
  });
  const reasons = [...forTier, ...(tier === 3 ? demands.map(({ reason }) => reason) : [])];
  const ruled = { tier, reasons, pins, digest, people };
  const mode = modeFor(installation, action, tier, demands);
  const unmet = requirementsOf(mode).flatMap((each) => whyUnsatisfiable(each) ?? []);
  if (unmet.length > 0) {
    return { kind: 'forbid', outcome: 'undeliverable', ...ruled, reasons: [...reasons, ...unmet] };
  }
  return { kind: 'permit', ...ruled, ...mode };
}

function modeFor(installation: Installation, action: Action, tier: Tier, demands: readonly Demand[]): Mode {
  const { rules } = installation;
  const { admitWithinMs } = rules;
  const review = {
    withinMs: rules.review.withinMs,
    requirement: requirementFor(installation, action, rules.review.approval),
  };
  const routeOf = (template: RouteTemplate): Route => ({
    onSilence: template.onSilence,
    steps: template.steps.map(({ notify, by, waitMs }) => ({
      by,
      waitMs,
      ...audience(installation, action, [notify]),
    })),
  });
  switch (tier) {
    case 1:
      return { mode: 'execute', review, admitWithinMs };
    case 2:
      return {
        mode: 'executeAfterWindow',
        requirement: requirementFor(installation, action, rules.window.approval),
        route: routeOf(rules.window.route),
        review,
        admitWithinMs,
      };
    case 3: {
      const requirement = requirementFor(installation, action, rules.approval.approval);
      const asked = withDemands({ requirement, route: routeOf(rules.approval.route) }, demands);
      return { mode: 'executeWithApproval', ...asked, admitWithinMs };
    }
    case 4:
      return { mode: 'recommend' };
  }
}

function requirementsOf(mode: Mode): Requirement[] {
  switch (mode.mode) {
    case 'execute':
      return [mode.review.requirement];
    case 'executeAfterWindow':
      return [mode.requirement, mode.review.requirement];
    case 'executeWithApproval':
      return [mode.requirement];
    case 'recommend':
      return [];
  }
}
