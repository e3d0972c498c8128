import type { Action, Tier } from './action.ts';
import { whyNotApprove } from './approvers.ts';
import { type Authority, authorityOf, ceilingOf } from './authority.ts';
import type { Circumstances } from './calendar.ts';
import type { Counterfactual } from './change.ts';
import { demandedBy, demandsOn } from './demands.ts';
import { type Grounds, groundsOf } from './grounds.ts';
import type { Impact } from './impact.ts';
import type { Installation } from './installation.ts';
import { lookup } from './lookup.ts';
import { type Mode, modeFor, requirementsOf, strictestRoute } from './mode.ts';
import { type AskedMode, askModes, refusalOf } from './permission.ts';
import type { Authorize } from './policy.ts';
import { contextOf, owned } from './policy-context.ts';
import type { HeldLevel } from './standing.ts';
import { tierOf } from './tier.ts';
import { whyUnsatisfiable } from './votes.ts';

interface Judged {
  readonly tier: Tier;
  readonly reasons: readonly string[];
  /** The least tier that the operators' tables, irreversibility, the calendar and the agent's own declaration allow. */
  readonly floor: Tier;
  /** What policy was asked, in the order in which it was asked. */
  readonly modes: readonly AskedMode[];
  /** The facts that policy was asked with: what `CONTEXT` in policy.ts lists. */
  readonly context: Readonly<Record<string, string | number | boolean>>;
  /** How long a policy wants its effect watched at least. */
  readonly watchForMs?: number | undefined;
  /** What would have given it less friction. Absent: it was not asked, or it runs at once. */
  readonly nearest?: readonly Counterfactual[] | undefined;
  /** The level that policy was asked with, and who gave it. Absent where there is nothing left to rule on. */
  readonly authority?: Authority | undefined;
}

/** What the agent may do: forbidden, or the lowest-friction mode that the rules permit. */
export type Judgement =
  | (Judged & { readonly kind: 'forbid'; readonly outcome: 'deniedByPolicy' | 'undeliverable' })
  | (Judged & { readonly kind: 'permit' } & Mode);

/** A judgement with what it is about and rests on, pinned by digests. */
export type Ruling = Grounds & Judgement;

/** What is ruled on. */
export interface Asked {
  readonly action: Action;
  readonly impact: Impact;
  /** The level that the agent holds for such actions, and where it had it from. */
  readonly held: HeldLevel;
  readonly declaredTier?: Tier | undefined;
  /** What the calendar says of `at`. */
  readonly circumstances: Circumstances;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** Rules on an action. What is only tried out is judged: digests are for what is recorded. */
export const rule = (installation: Installation, authorize: Authorize, asked: Asked): Ruling => ({
  ...judge(installation, authorize, asked),
  ...groundsOf(installation, asked.action, asked.impact),
});

/**
 * The first mode that policy permits, from the floor that the operators' tables set, with who must approve, whom to tell and
 * in which order.
 */
export function judge(installation: Installation, authorize: Authorize, asked: Asked): Judgement {
  const { action, impact, held, declaredTier, circumstances, at } = asked;
  const known = lookUp(installation, action);
  if (known.kind === 'gone') {
    const nothing = { floor: 4, modes: [], context: {} } as const;
    return { ...known, kind: 'forbid', outcome: 'deniedByPolicy', tier: 4, ...nothing };
  }
  const { type, service, agent } = known;
  const severe = demandsOn(installation, action, impact.severity);
  const floor = tierOf({
    byServiceTier: type.tier,
    serviceTier: service.serviceTier,
    reversible: action.rollback !== undefined,
    approvalDemanded: severe.length > 0,
    declaredTier,
    circumstances,
  });
  const authority = authorityOf(held, ceilingOf(type));
  const facts = { action, impact, declaredTier, circumstances, at, level: authority.level };
  const about = {
    resource: owned(installation, 'Service', service.name, service.owner),
    context: contextOf(installation, type, service, facts),
  };
  const principal = owned(installation, 'Agent', agent.id, agent.owner);
  const question = { principal, ...about };
  const watched = action.watch !== undefined;
  const permission = askModes(authorize, question, { floor: floor.tier, watched });
  const { asked: modes, granted, counted } = permission;
  const tier = granted ?? floor.tier;
  const demands = [...severe, ...counted.flatMap((policy) => demandedBy(installation, action, policy))];
  const refused = modes.slice(floor.tier - 1).filter(({ permitted }) => !permitted);
  const reasons = [
    ...floor.reasons,
    ...refused.map(refusalOf),
    ...(tier > floor.tier ? [`policy raised it to tier ${tier}`] : []),
    ...(tier === 3 ? demands.map(({ reason }) => reason) : []),
  ];
  const longest = Math.max(0, ...counted.map(({ watchForMs = 0 }) => watchForMs));
  const ruled = {
    ...{ tier, reasons, floor: floor.tier, modes, context: about.context, authority },
    ...(longest > 0 ? { watchForMs: longest } : {}),
  };
  if (!granted) return { kind: 'forbid', outcome: 'deniedByPolicy', ...ruled };
  const mode = modeFor(installation, action, granted, {
    demands,
    steps: strictestRoute(
      installation,
      counted.flatMap(({ route }) => route ?? []),
    ),
    whyNot: whyNotApprove(installation, authorize, about),
  });
  const unmet = requirementsOf(mode).flatMap((each) => whyUnsatisfiable(each) ?? []);
  if (unmet.length > 0)
    return { kind: 'forbid', outcome: 'undeliverable', ...ruled, reasons: [...reasons, ...unmet] };
  return { kind: 'permit', ...ruled, ...mode };
}

function lookUp(installation: Installation, action: Action) {
  const type = lookup(installation.actionTypes, action.type);
  const service = lookup(installation.services, action.target);
  const agent = lookup(installation.agents, action.agent.id);
  const environment = lookup(installation.environments, action.environment);
  if (type && service && agent && environment) return { kind: 'known', type, service, agent } as const;
  const gone = [
    ...(type ? [] : [`the action type ${action.type} no longer exists`]),
    ...(service ? [] : [`the service ${action.target} no longer exists`]),
    ...(environment ? [] : [`the environment ${action.environment} no longer exists`]),
    ...(agent ? [] : [`the agent ${action.agent.id} no longer exists`]),
  ];
  return { kind: 'gone', reasons: gone } as const;
}
