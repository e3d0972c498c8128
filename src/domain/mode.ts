import type { Action, Tier } from './action.ts';
import { permitted } from './approvers.ts';
import { audience, requirementFor } from './audience.ts';
import { type Demand, withDemands } from './demands.ts';
import { durationOf, type Route } from './escalation.ts';
import type { ApprovalRule, Installation, RouteTemplate } from './installation.ts';
import { lookup } from './lookup.ts';
import type { Requirement } from './requirement.ts';

export interface Review {
  readonly withinMs: number;
  readonly requirement: Requirement;
}

/** How an action that is permitted goes on. */
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

/** What operators and policies want where people are asked. */
export interface Wanted {
  readonly demands: readonly Demand[];
  /** In place of the tier's own; what silence means stays as it is. */
  readonly steps: RouteTemplate['steps'] | undefined;
  /** Why a person may not approve, or undefined. */
  readonly whyNot: (person: string) => string | undefined;
}

export function modeFor(
  installation: Installation,
  action: Action,
  tier: Tier,
  { demands, steps: wanted, whyNot }: Wanted,
): Mode {
  const { rules } = installation;
  const { admitWithinMs } = rules;
  const requirementOf = (rule: ApprovalRule) => permitted(requirementFor(installation, action, rule), whyNot);
  const review = { withinMs: rules.review.withinMs, requirement: requirementOf(rules.review.approval) };
  const routeOf = ({ steps, onSilence }: RouteTemplate): Route => ({
    onSilence,
    steps: (wanted ?? steps).map(({ notify, by, waitMs }) => ({
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
        requirement: requirementOf(rules.window.approval),
        route: routeOf(rules.window.route),
        review,
        admitWithinMs,
      };
    case 3: {
      const usual = {
        requirement: requirementOf(rules.approval.approval),
        route: routeOf(rules.approval.route),
      };
      const allowed = demands.map((each) => ({ ...each, requirement: permitted(each.requirement, whyNot) }));
      return { mode: 'executeWithApproval', ...withDemands(usual, allowed), admitWithinMs };
    }
    case 4:
      return { mode: 'recommend' };
  }
}

/** The route that gives people the most time, of those that policies name. Undefined: they name none that is there. */
export function strictestRoute({ rules }: Installation, names: readonly string[]) {
  const [longest] = names
    .flatMap((name) => lookup(rules.routes, name) ?? [])
    .toSorted((a, b) => durationOf(b) - durationOf(a));
  return longest?.steps;
}

/** All that people must meet in a mode. */
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
