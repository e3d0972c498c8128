import {
  CATEGORIES,
  type Category,
  SERVICE_TIERS,
  type ServiceTier,
  type Severity,
} from '../action/action.ts';

export interface RiskInput {
  readonly severity: Readonly<Record<Category, Severity>>;
  /** The number of services of each tier that need the target. */
  readonly dependents: Readonly<Record<ServiceTier, number>>;
  readonly rollbackDifficulty: Severity;
  /** How many such actions went wrong and are not outweighed yet. */
  readonly wentWrong: number;
  readonly serviceTier: ServiceTier;
  /** How far the action goes: the largest factor by which it changes a number, from 1 (none) to Infinity (`magnitudeOf`). */
  readonly magnitude: number;
  /** What the live context adds, 0 to 22: `livePoints`. */
  readonly live: number;
  readonly production: boolean;
}

export interface Risk {
  /** A whole number from 0 to 100. */
  readonly score: number;
  readonly reasons: readonly string[];
}

/** The weight of a dependent, by its service tier. */
const WEIGHT: Readonly<Record<ServiceTier, number>> = { 1: 8, 2: 4, 3: 2, 4: 1 };
const BY_SERVICE_TIER: Readonly<Record<ServiceTier, number>> = { 1: 12, 2: 8, 3: 4, 4: 0 };

/**
 * Computes the risk score of an action, from 0 to 100, as the sum of seven parts:
 *
 *     severity        up to 40   8 x the worst category + 2/3 x the sum of the three others
 *     dependents      up to 20   2 x log2(1 + w); w: 8 for each dependent of tier 1, 4 of tier 2, 2 of tier 3, 1 of tier 4
 *     taking it back  up to 20   5 x rollback difficulty
 *     record          up to 12   4 for each that went wrong and is not outweighed yet
 *     service tier    up to 12   tier 1: 12, tier 2: 8, tier 3: 4, tier 4: 0
 *     size            up to 8    by the largest factor f of a number, up or down: 4 x (f - 1) up to f = 2, then by its logarithm, 8 from 10 on
 *     live context    up to 22   how things stand now: `livePoints`
 *
 * The sum is cut at 100, halved outside production, and rounded at the end. No part falls when its inputs grow, so the sum does not either.
 * Nothing that an agent writes about its action is an input.
 */
export function riskOf(input: RiskInput): Risk {
  const { severity, dependents, rollbackDifficulty, wentWrong, serviceTier, magnitude, live, production } =
    input;
  const severities = CATEGORIES.map((category) => severity[category]);
  const worstSeverity = Math.max(...severities);
  const sumOfOthers = severities.reduce<number>(
    (sum, categorySeverity) => sum + categorySeverity,
    -worstSeverity,
  );
  const weight = SERVICE_TIERS.reduce((sum, tier) => sum + dependents[tier] * WEIGHT[tier], 0);
  const parts = [
    { name: 'severity', points: 8 * worstSeverity + (2 / 3) * sumOfOthers, most: 40 },
    { name: 'dependents', points: Math.min(20, 2 * Math.log2(1 + weight)), most: 20 },
    { name: 'taking it back', points: 5 * rollbackDifficulty, most: 20 },
    { name: 'record', points: Math.min(12, 4 * wentWrong), most: 12 },
    { name: 'service tier', points: BY_SERVICE_TIER[serviceTier], most: 12 },
    { name: 'size', points: sizePoints(magnitude), most: 8 },
    { name: 'live context', points: live, most: 22 },
  ];
  const sum = Math.min(
    100,
    parts.reduce((total, { points }) => total + points, 0),
  );
  const score = Math.round(production ? sum : sum / 2);
  const partTexts = parts.map(({ name, points, most }) => `${name} ${Number(points.toFixed(1))} of ${most}`);
  return {
    score,
    reasons: [
      `risk ${score} of 100: ${partTexts.join(', ')}${production ? '' : '; halved outside production'}`,
    ],
  };
}

/** Half of the points for twice as much or half of it, all for ten times as much or a tenth. */
function sizePoints(factor: number): number {
  if (factor <= 2) return 4 * (factor - 1);
  return Math.min(8, 4 + (4 * Math.log(factor / 2)) / Math.log(5));
}
