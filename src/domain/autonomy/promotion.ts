import { LEVEL_NAMES, type Level } from '../action/autonomy-level.ts';
import type { ActionType } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { type Authority, authorityOf, type Ceiling, ceilingOf } from './effective-level.ts';
import type { HeldLevel } from './held-level.ts';
import { type StandingKey, sameKey } from './standing.ts';
import { type Rate, rateOf } from './wilson.ts';

/** The evidence of an agent's record, from the actions that were ruled on since a level was last lowered. */
export interface Evidence {
  /** How often people decided as the agent proposed: approvals and agreeing reviews, against denials and disagreeing reviews. */
  readonly agreement: Rate;
  /** How often actions went well: succeeded, against failed and taken back. */
  readonly success: Rate;
}

export function promotionEvidence(past: readonly PastAction[], from: number): Evidence {
  const recentActions = past.filter(({ ruledAt }) => ruledAt >= from);
  return { agreement: share(recentActions.map(agreed)), success: share(recentActions.map(succeeded)) };
}

/** Whether one action speaks for the agent, by one measure. Undefined: it says nothing about the measure. */
type Case = boolean | undefined;

function share(cases: readonly Case[]): Rate {
  const knownCases = cases.filter((result) => result !== undefined);
  return rateOf(knownCases.filter(Boolean).length, knownCases.length);
}

/** Returns one case for each action. The review counts most, because the reviewer saw how the action ended. */
function agreed({ review, closed }: PastAction): Case {
  if (review === 'agreed' || review === 'disagreed') return review === 'agreed';
  switch (closed?.settlement) {
    case 'approved':
      return true;
    case 'denied':
      return false;
    default:
      return undefined;
  }
}

function succeeded({ closed, reported }: PastAction): Case {
  if (reported?.found === 'regressed') return false;
  switch (closed?.outcome) {
    case 'succeeded':
      return true;
    case 'failed':
    case 'rolledBack':
    case 'rollbackFailed':
    case 'rollbackUnverified':
      return false;
    default:
      return undefined;
  }
}

interface Bar {
  readonly measure: keyof Evidence;
  readonly rate: number;
  readonly cases: number;
  readonly lowerBound: number;
}

/**
 * The bar that a record must reach for a level to be proposed. Level 1 is never proposed: a person has to grant it on their own initiative.
 */
const BARS: Readonly<Record<2 | 3, Bar>> = {
  2: { measure: 'agreement', rate: 0.95, cases: 50, lowerBound: 0.85 },
  3: { measure: 'success', rate: 0.99, cases: 200, lowerBound: 0.95 },
};

/** Whether a higher level is proposed to the people who may grant it. Only their signature gives it. */
export type Promotion =
  | { readonly kind: 'proposed'; readonly to: Level; readonly reasons: readonly string[] }
  | { readonly kind: 'notYet'; readonly to: Level; readonly missing: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string };

/** @param noCard what is missing for a score card that the installation asks for. Undefined: nothing is */
export function promotionOf(level: Level, ceiling: Ceiling, evidence: Evidence, noCard?: string): Promotion {
  if (level === 3) return { kind: 'none', reason: 'level 3 is the highest' };
  if (level >= ceiling.level) {
    return { kind: 'none', reason: `${ceiling.reason}: never above level ${ceiling.level}` };
  }
  if (level === 0) {
    return {
      kind: 'none',
      reason: `from level 0 (${LEVEL_NAMES[0]}) an agent comes by a person's grant alone`,
    };
  }
  const to = level === 1 ? 2 : 3;
  const { measure, ...bar } = BARS[to];
  const { cases, rate, lowerBound } = evidence[measure];
  const missingEvidence = [
    ...(cases < bar.cases ? [`${measure} over ${bar.cases} cases, there are ${cases}`] : []),
    ...(rate < bar.rate ? [`${measure} of ${percent(bar.rate)}, it is ${percent(rate)}`] : []),
    ...(lowerBound < bar.lowerBound
      ? [`a lower bound of ${bar.lowerBound} for ${measure}, it is ${below(lowerBound, bar.lowerBound)}`]
      : []),
    ...(noCard === undefined ? [] : [noCard]),
  ];
  if (missingEvidence.length > 0) return { kind: 'notYet', to, missing: missingEvidence };
  const evidenceText = `${measure} ${percent(rate)} over ${cases} cases, with a lower bound of ${lowerBound.toFixed(3)}`;
  return { kind: 'proposed', to, reasons: [evidenceText] };
}

// A value just below its limit must not be rounded up to the limit.
const below = (value: number, limit: number) => Math.min(value, limit - 0.001).toFixed(3);
const percent = (rate: number) => `${Math.floor(rate * 1_000) / 10} %`;

/** The full report on one key. */
export interface StandingReport extends Authority {
  readonly key: StandingKey;
  readonly evidence: Evidence;
  readonly promotion: Promotion;
}

/**
 * Reports on one key.
 *
 * @param type absent when operators removed the action type: then the ceiling is level 0
 * @param past what the agent did; only actions of this key count
 * @param noCard what is missing for a score card, as in `promotionOf`
 */
export function reportOn(
  key: StandingKey,
  held: HeldLevel,
  type: ActionType | undefined,
  past: readonly PastAction[],
  noCard?: string,
): StandingReport {
  const authority = authorityOf(held, type ? ceilingOf(type) : NO_TYPE);
  const evidence = promotionEvidence(
    past.filter((action) => sameKey(action, key)),
    held.evidenceFrom,
  );
  return {
    key,
    ...authority,
    evidence,
    promotion: promotionOf(held.level, authority.ceiling, evidence, noCard),
  };
}

const NO_TYPE: Ceiling = { level: 0, reason: 'this action type no longer exists' };
