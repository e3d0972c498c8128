import type { Action, Tier } from '../action/action.ts';
import type { Requirement } from '../approval/requirement.ts';
import type { ReviewRules } from '../approval/review-rules.ts';
import type { Route } from '../escalation/route.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import type { RouteTemplate } from '../escalation/route-template.ts';
import type { ApprovalRule, Installation } from '../installation/installation.ts';
import { requirementFor } from '../installation/requester-side.ts';
import { lookup } from '../shared/lookup.ts';
import { type Demand, withDemands } from './extra-approvals.ts';
import { type Circumstance, pinRoute } from './resolve-route.ts';

export interface Review {
  readonly withinMs: number;
  readonly requirement: Requirement;
  readonly escalate?: ReviewRules['escalate'];
}

/** How a permitted action goes on. */
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

/** What operators and policies require where people are asked. */
export interface Wanted {
  readonly demands: readonly Demand[];
  /** The route that replaces the tier's own. What silence means stays as the tier's route says. */
  readonly route: Omit<RouteTemplate, 'onSilence'> | undefined;
  readonly circumstance: Omit<Circumstance, 'reach'>;
  /** Returns the requirement without the people who may not approve, and with delegates in the places of people who are away. */
  readonly arrange: (requirement: Requirement) => Requirement;
  /** Returns whom to tell, with delegates instead of people who are away. */
  readonly reach: (people: readonly string[]) => readonly string[];
}

export function modeFor(
  installation: Installation,
  action: Action,
  tier: Tier,
  { demands, route: wantedRoute, circumstance, arrange, reach }: Wanted,
): Mode {
  const { rules } = installation;
  const { admitWithinMs } = rules;
  const requirementOf = (rule: ApprovalRule) => arrange(requirementFor(installation, action, rule));
  const { withinMs, approval, escalate } = rules.review;
  const review = { withinMs, requirement: requirementOf(approval), ...(escalate ? { escalate } : {}) };
  const routeOf = (routeTemplate: RouteTemplate) =>
    pinRoute(
      installation,
      action,
      { ...(wantedRoute ?? routeTemplate), onSilence: routeTemplate.onSilence },
      { ...circumstance, reach },
    );
  switch (tier) {
    case 1:
      return { mode: 'execute', review, admitWithinMs };
    case 2:
      return {
        mode: 'executeAfterWindow',
        requirement: requirementOf(rules.window.approval),
        route: routeOf(rules.window.route),
        review,
        admitWithinMs,
      };
    case 3: {
      const usualMode = {
        requirement: requirementOf(rules.approval.approval),
        route: routeOf(rules.approval.route),
      };
      const arrangedDemands = demands.map((demand) => ({
        ...demand,
        requirement: arrange(demand.requirement),
      }));
      return { mode: 'executeWithApproval', ...withDemands(usualMode, arrangedDemands), admitWithinMs };
    }
    case 4:
      return { mode: 'recommend' };
  }
}

/** The route that gives people the most time, of the routes that policies name. Undefined: they name none that exists. */
export function strictestRoute({ rules }: Installation, names: readonly string[]) {
  const [longest] = names
    .flatMap((name) => lookup(rules.routes, name) ?? [])
    .toSorted((a, b) => routeDurationOf(b) - routeDurationOf(a));
  return longest;
}

/** Returns every requirement that people must be able to meet in a mode. */
export function requirementsOf(mode: Mode): Requirement[] {
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
