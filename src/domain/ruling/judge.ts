import type { Action, Tier } from '../action/action.ts';
import type { Delegation } from '../approval/delegation.ts';
import { whyUnsatisfiable } from '../approval/vote-tally.ts';
import { type DeniedBefore, deniedText } from '../attention/request-limits.ts';
import { type Authority, authorityOf, ceilingOf } from '../autonomy/effective-level.ts';
import type { HeldLevel } from '../autonomy/held-level.ts';
import type { Circumstances } from '../calendar/calendar.ts';
import type { Installation } from '../installation/installation.ts';
import { whyNotApprove } from '../policy/approver-policy.ts';
import { type AskedMode, askModes, refusalOf } from '../policy/ask-policy.ts';
import type { Authorize, PolicyQuestion } from '../policy/policy.ts';
import { contextOf, owned } from '../policy/policy-context.ts';
import type { Impact } from '../risk/impact.ts';
import { whyNotUndone } from '../risk/known-good.ts';
import { lookup } from '../shared/lookup.ts';
import type { Counterfactual } from './counterfactual.ts';
import { demandedBy, demandsOn } from './extra-approvals.ts';
import { type Mode, modeFor, requirementsOf, strictestRoute } from './mode.ts';
import { type StandIns, standInsOf } from './stand-ins.ts';
import { tierOf } from './tier-floor.ts';

interface Judged {
  readonly tier: Tier;
  readonly reasons: readonly string[];
  /** The lowest tier that the operators' tables, irreversibility, the calendar and the agent's own declaration allow. */
  readonly floor: Tier;
  /** The modes that policy was asked about, in that order. */
  readonly modes: readonly AskedMode[];
  /** The facts that policy was asked with, as `CONTEXT` in policy.ts lists them. */
  readonly context: Readonly<Record<string, string | number | boolean>>;
  /** The least time for which a policy wants the effect watched, in milliseconds. */
  readonly watchForMs?: number | undefined;
  /** The changes that would have given it less friction. Absent: they were not computed, or the action runs at once. */
  readonly nearest?: readonly Counterfactual[] | undefined;
  /** The level that policy was asked with, and its source. Absent when the action names something that no longer exists. */
  readonly authority?: Authority | undefined;
}

/** The judgement on an action: forbidden, or the mode with the least friction that the rules permit. */
export type Judgement =
  | (Judged & { readonly kind: 'forbid'; readonly outcome: 'deniedByPolicy' | 'undeliverable' })
  | (Judged & { readonly kind: 'permit' } & Mode);

/** The input of a ruling. */
export interface RulingInput {
  readonly action: Action;
  readonly impact: Impact;
  /** The level that the agent holds for such actions, and its source. */
  readonly held: HeldLevel;
  readonly declaredTier?: Tier | undefined;
  /** What the calendar says about `at`. */
  readonly circumstances: Circumstances;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The delegations that cover the action at `at`. */
  readonly delegations?: readonly Delegation[] | undefined;
  /** The people who changed what the agent proposed. */
  readonly editors?: readonly string[] | undefined;
  /** Set when a person denied the same action lately for another agent. */
  readonly deniedBefore?: DeniedBefore | undefined;
}

type About = Pick<PolicyQuestion, 'resource' | 'context'>;

/**
 * Judges an action: the first mode that policy permits, starting at the floor that the operators' tables set, with the approvers, and the
 * route that says whom to tell and in which order.
 */
export const judge = (installation: Installation, authorize: Authorize, input: RulingInput): Judgement =>
  consider(installation, authorize, input).judgement;

/** The judgement, together with the facts for further questions to policy, and the stand-ins. */
export function consider(
  installation: Installation,
  authorize: Authorize,
  input: RulingInput,
): { readonly judgement: Judgement; readonly about?: About; readonly places?: StandIns } {
  const {
    action,
    impact,
    held,
    declaredTier,
    circumstances,
    at,
    delegations = [],
    editors = [],
    deniedBefore,
  } = input;
  const subject = lookUp(installation, action);
  if (subject.kind === 'gone') {
    const noModes = { floor: 4, modes: [], context: {} } as const;
    return { judgement: { ...subject, kind: 'forbid', outcome: 'deniedByPolicy', tier: 4, ...noModes } };
  }
  const { type, service, agent } = subject;
  const severityDemands = demandsOn(installation, action, impact.severity);
  const floor = tierOf({
    byServiceTier: type.tier,
    serviceTier: service.serviceTier,
    notUndone: whyNotUndone(action, impact.changes),
    notPreviewed: impact.preview?.kind === 'unknown' ? impact.preview.reason : undefined,
    approvalDemanded: severityDemands.length > 0,
    declaredTier,
    deniedBefore: deniedBefore && deniedText(deniedBefore),
    circumstances,
    unsigned: action.agent.unsigned,
    takesBack: action.takesBack !== undefined,
  });
  const authority = authorityOf(held, ceilingOf(type, action.agent.unsigned));
  const facts = { action, impact, declaredTier, circumstances, at, level: authority.level };
  const about = {
    resource: owned(installation, 'Service', service.name, service.owner),
    context: contextOf(installation, type, service, facts),
  };
  const question = { principal: owned(installation, 'Agent', agent.id, agent.owner), ...about };
  const permission = askModes(authorize, question, {
    floor: floor.tier,
    watched: action.watch !== undefined,
  });
  const { asked: modes, granted, counted } = permission;
  const tier = granted ?? floor.tier;
  const demands = [
    ...severityDemands,
    ...counted.flatMap((policy) => demandedBy(installation, action, policy)),
  ];
  const refusedModes = modes.slice(floor.tier - 1).filter(({ permitted }) => !permitted);
  const reasons = [
    ...floor.reasons,
    ...refusedModes.map(refusalOf),
    ...(tier > floor.tier ? [`policy raised it to tier ${tier}`] : []),
    ...(tier === 3 ? demands.map(({ reason }) => reason) : []),
  ];
  const longest = Math.max(0, ...counted.map(({ watchForMs = 0 }) => watchForMs));
  const commonPart = {
    tier,
    reasons,
    floor: floor.tier,
    modes,
    context: about.context,
    authority,
    ...(longest > 0 ? { watchForMs: longest } : {}),
  };
  if (!granted) return { judgement: { kind: 'forbid', outcome: 'deniedByPolicy', ...commonPart } };
  if (impact.preview?.kind === 'refused') {
    const refusal = `the system that it would change says that it would refuse it: ${impact.preview.reason}`;
    return {
      judgement: { kind: 'forbid', outcome: 'deniedByPolicy', ...commonPart, reasons: [...reasons, refusal] },
    };
  }
  const whyNot = whyNotApprove(installation, authorize, about);
  const places = standInsOf(installation, action, delegations, editors, whyNot);
  const route = strictestRoute(
    installation,
    counted.flatMap((policy) => policy.route ?? []),
  );
  const circumstance = { severity: impact.severity, at };
  const modeWith = ({ arrange, reach }: Pick<StandIns, 'arrange' | 'reach'>) => {
    const mode = modeFor(installation, action, granted, { demands, circumstance, route, arrange, reach });
    return {
      mode,
      unmet: requirementsOf(mode).flatMap((requirement) => whyUnsatisfiable(requirement) ?? []),
    };
  };
  const withStandIns = modeWith(places);
  // If one delegate would have to count for two groups, no delegation is used and everybody keeps their own place.
  const { mode, unmet } =
    withStandIns.unmet.length === 0
      ? withStandIns
      : modeWith({ arrange: places.keep, reach: (people) => people });
  const undeliverable = { ...commonPart, kind: 'forbid', outcome: 'undeliverable' } as const;
  if (unmet.length > 0) return { judgement: { ...undeliverable, reasons: [...reasons, ...unmet] } };
  return { judgement: { kind: 'permit', ...commonPart, ...mode }, about, places };
}

function lookUp(installation: Installation, action: Action) {
  const type = lookup(installation.actionTypes, action.type);
  const service = lookup(installation.services, action.target);
  // Where a person asks, Countersign itself is the agent, which is in no catalog.
  const agent = action.takesBack ? action.agent : lookup(installation.agents, action.agent.id);
  const environment = lookup(installation.environments, action.environment);
  if (type && service && agent && environment) return { kind: 'known', type, service, agent } as const;
  const goneParts = [
    ...(type ? [] : [`the action type ${action.type} no longer exists`]),
    ...(service ? [] : [`the service ${action.target} no longer exists`]),
    ...(environment ? [] : [`the environment ${action.environment} no longer exists`]),
    ...(agent ? [] : [`the agent ${action.agent.id} no longer exists`]),
  ];
  return { kind: 'gone', reasons: goneParts } as const;
}
