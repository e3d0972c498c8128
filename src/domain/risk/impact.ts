import { type Action, CATEGORIES, type Category, type Severity } from '../action/action.ts';
import type { Previewed } from '../action/preview.ts';
import type { ActionType, Installation } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { lookup } from '../shared/lookup.ts';
import { type BlastRadius, blastRadiusOf, blastReasons, reachOf } from './blast-radius.ts';
import { type Costs, costsOf } from './costs.ts';
import { type LeftBehind, leftBehind } from './left-behind.ts';
import type { Live } from './live-context.ts';
import { livePoints, liveReasons } from './live-context-score.ts';
import { magnitudeOf } from './magnitude.ts';
import type { ParameterChange, ValueNow } from './parameter-change.ts';
import { type RanBefore, ranBefore, type SameBefore, sameBefore } from './record-before.ts';
import { riskOf } from './risk-score.ts';
import { type RollbackDifficulty, rollbackDifficultyOf } from './rollback-difficulty.ts';
import { setBefore } from './set-before.ts';
import { severitiesOf } from './severity.ts';
import { type Similar, similarReasons, similarTo } from './similar-actions.ts';
import { type Size, sizeOf } from './size.ts';
import { troubleOf } from './trouble.ts';
import { changesTo } from './values-now.ts';

/** The impact of an action: everything that can be said beforehand about what it may do. Plain data, as found at one time. */
export interface Impact {
  readonly severity: Readonly<Record<Category, Severity>>;
  /** Absent: the action type has no size. */
  readonly size?: Size | undefined;
  /** What each parameter is now, and what the action makes of it. Absent: it has none, or it was assessed before they were read. */
  readonly changes?: readonly ParameterChange[] | undefined;
  /** What the governed system says that it would do. Absent: its executor makes no previews, or it was assessed before they were made. */
  readonly preview?: Previewed | undefined;
  readonly blastRadius: BlastRadius;
  readonly live: Live;
  /** At least 2; 4: it cannot be taken back. */
  readonly rollbackDifficulty: Severity;
  /** What its rollback leaves behind. Absent: it has no rollback, or it was assessed before this was looked at. */
  readonly leftBehind?: LeftBehind | undefined;
  /** How many such actions on this target went wrong and are not outweighed yet. Absent: it was assessed before they were counted. */
  readonly wentWrong?: number | undefined;
  /** 0 to 100. */
  readonly riskScore: number;
  readonly costs: Costs;
  readonly similar: Similar;
  /** The record of this very action. Absent: it was assessed before this was looked at. */
  readonly sameBefore?: SameBefore | undefined;
  /** How often such actions ran on this target, and how often its agent ran them. Absent as above. */
  readonly ranBefore?: RanBefore | undefined;
  /** The reasons for each part, in sentences for people. */
  readonly reasons: Readonly<Record<Category | (typeof OTHER_PARTS)[number], readonly string[]>>;
}

const OTHER_PARTS = ['blastRadius', 'live', 'rollbackDifficulty', 'riskScore', 'costs', 'similar'] as const;

/** The facts that were looked up for the assessment, besides what operators wrote. */
export interface ImpactFacts {
  /** The value that each parameter has now, by parameter. An absent one counts as unknown. */
  readonly values?: Readonly<Record<string, ValueNow>> | undefined;
  /** Actions of the same type, on the same target or on services of the same tier. */
  readonly past: readonly PastAction[];
  readonly live: Live;
  /** What the governed system says that the action would do. Absent: nobody asked it. */
  readonly preview?: Previewed | undefined;
  /** The rollback difficulty, if it was computed before. Absent: it is computed from `past`. */
  readonly takingBack?: RollbackDifficulty | undefined;
}

/**
 * Assesses what an action may do to production, from the operators' facts, the metrics and the ledger. INVARIANTS 10, 12: nothing that the
 * agent writes about its action is used, so no text of the agent can lower anything.
 */
export function assessImpact(
  installation: Installation,
  { action, type }: { readonly action: Action; readonly type: ActionType },
  { values = {}, past, live, preview, takingBack }: ImpactFacts,
): Impact {
  const { target, environment, serviceTier } = action;
  const service = lookup(installation.services, target);
  const production = !installation.notProduction.includes(environment);
  const reach = reachOf(installation, target);

  const size = type.size && sizeOf(type.size, action.params, lookup(values, type.size.parameter));
  const changed = action.takesBack ? [] : changesTo(type, action.params, values);
  const changes = changed.map((change) => {
    const before =
      typeof change.to === 'number' ? setBefore(type, action, change.parameter, past) : undefined;
    return before ? { ...change, setBefore: before } : change;
  });
  const { severity, reasons } = severitiesOf({
    type,
    target,
    serviceTier,
    environment,
    production,
    size,
    dataClassification: service?.dataClassification,
  });
  const blastRadius = blastRadiusOf(reach);
  const {
    difficulty: rollbackDifficulty,
    wentWrong,
    reasons: rollbackReasons,
  } = takingBack ?? rollbackDifficultyOf(action, type, past, changes);
  const risk = riskOf({
    severity,
    rollbackDifficulty,
    wentWrong,
    serviceTier,
    magnitude: magnitudeOf(type, action.params, changes),
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
    trouble: troubleOf(live, target),
    dependents: [...reach.values()].map((dependent) => dependent.service),
  });
  const similar = similarTo(action, past);
  return {
    severity,
    ...(size ? { size } : {}),
    ...(changes.length === 0 ? {} : { changes }),
    ...(preview ? { preview } : {}),
    blastRadius,
    live,
    rollbackDifficulty,
    ...(type.rollback && !action.takesBack ? { leftBehind: leftBehind(type.rollback.leaves, action) } : {}),
    wentWrong,
    riskScore: risk.score,
    costs,
    similar,
    sameBefore: sameBefore(action, past),
    ranBefore: ranBefore(action, past),
    reasons: {
      ...reasons,
      blastRadius: blastReasons(target, blastRadius),
      live: liveReasons(live, target, service?.slo),
      rollbackDifficulty: rollbackReasons,
      riskScore: risk.reasons,
      costs: costReasons,
      similar: similarReasons(similar),
    },
  };
}

/** Returns all reasons of an impact, in the order in which people read them. */
export const reasonsOf = ({ reasons }: Impact): string[] =>
  [...CATEGORIES, ...OTHER_PARTS].flatMap((part) => reasons[part]);
