import { type Action, CATEGORIES, type Category, type Severity } from '../action/action.ts';
import type { ActionType, Installation } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { lookup } from '../shared/lookup.ts';
import { type BlastRadius, blastRadiusOf, blastReasons, reachOf } from './blast-radius.ts';
import { type Costs, costsOf } from './costs.ts';
import type { Live } from './live-context.ts';
import { livePoints, liveReasons } from './live-context-score.ts';
import { riskOf } from './risk-score.ts';
import { type RollbackDifficulty, rollbackDifficultyOf } from './rollback-difficulty.ts';
import { severitiesOf } from './severity.ts';
import { type Similar, similarReasons, similarTo } from './similar-actions.ts';
import { type CurrentValue, type Size, sizeOf } from './size.ts';

/** Everything that can be said beforehand of what an action may do: plain data, as it was found at one time. */
export interface Impact {
  readonly severity: Readonly<Record<Category, Severity>>;
  /** Absent: the action type has none. */
  readonly size?: Size | undefined;
  readonly blastRadius: BlastRadius;
  readonly live: Live;
  /** 2 at the least; 4: it cannot be taken back. */
  readonly rollbackDifficulty: Severity;
  /** How many like it, on this target, went wrong and are not outweighed yet. Absent: it was assessed before that was counted. */
  readonly wentWrong?: number | undefined;
  /** 0 to 100. */
  readonly riskScore: number;
  readonly costs: Costs;
  readonly similar: Similar;
  /** Why each part is as it is, in sentences for people. */
  readonly reasons: Readonly<Record<Category | (typeof OTHER_PARTS)[number], readonly string[]>>;
}

const OTHER_PARTS = ['blastRadius', 'live', 'rollbackDifficulty', 'riskScore', 'costs', 'similar'] as const;

/** What was found out for the assessment, besides what the operator wrote. */
export interface ImpactFacts {
  /** Of the parameter that the action type's size names. Absent counts as unknown. */
  readonly currentValue?: CurrentValue | undefined;
  /** Actions of the same type, on the same target or on services of the same tier. */
  readonly past: readonly PastAction[];
  readonly live: Live;
  /** How hard it is to take back, where that was found out before; otherwise it follows from `past`. */
  readonly takingBack?: RollbackDifficulty | undefined;
}

/**
 * What an action may do to production, from the operator's facts, the metrics and the ledger. INVARIANTS 10, 12: nothing
 * that the agent writes about its action enters here, so none of it can lower anything.
 */
export function assessImpact(
  installation: Installation,
  { action, type }: { readonly action: Action; readonly type: ActionType },
  { currentValue, past, live, takingBack = rollbackDifficultyOf(action, type, past) }: ImpactFacts,
): Impact {
  const { target, environment, serviceTier } = action;
  const service = lookup(installation.services, target);
  const production = !installation.notProduction.includes(environment);
  const reached = reachOf(installation, target);

  const size = type.size && sizeOf(type.size, action.params, currentValue);
  const { severity, reasons } = severitiesOf({
    type,
    target,
    serviceTier,
    environment,
    production,
    size,
    dataClassification: service?.dataClassification,
  });
  const blastRadius = blastRadiusOf(reached);
  const { difficulty: rollbackDifficulty, wentWrong } = takingBack;
  const risk = riskOf({
    severity,
    rollbackDifficulty,
    wentWrong,
    serviceTier,
    size,
    production,
    dependents: blastRadius.byServiceTier,
    live: livePoints(live, target),
  });
  const { costs, reasons: costReasons } = costsOf({
    target,
    service,
    severity,
    rollbackDifficulty,
    production,
    dependents: [...reached.values()].map((each) => each.service),
  });
  const similar = similarTo(action, past);
  return {
    severity,
    ...(size ? { size } : {}),
    blastRadius,
    live,
    rollbackDifficulty,
    wentWrong,
    riskScore: risk.score,
    costs,
    similar,
    reasons: {
      ...reasons,
      blastRadius: blastReasons(target, blastRadius),
      live: liveReasons(live, target, service?.slo),
      rollbackDifficulty: takingBack.reasons,
      riskScore: risk.reasons,
      costs: costReasons,
      similar: similarReasons(similar),
    },
  };
}

/** All reasons of an impact, in the order in which people read them. */
export const reasonsOf = ({ reasons }: Impact): string[] =>
  [...CATEGORIES, ...OTHER_PARTS].flatMap((part) => reasons[part]);
