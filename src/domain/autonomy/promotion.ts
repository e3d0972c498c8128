import { LEVEL_NAMES, type Level } from '../action/autonomy-level.ts';
import type { ActionType } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { type Authority, authorityOf, type Ceiling, ceilingOf } from './effective-level.ts';
import type { HeldLevel } from './held-level.ts';
import { type StandingKey, sameKey } from './standing.ts';
import { type Rate, rateOf } from './wilson.ts';

/** What an agent's record says, of the actions that were ruled on since a level was last lowered. */
export interface Evidence {
  /** Whether people decided as the agent proposed: approvals and reviews against denials and reviews that disagree. */
  readonly agreement: Rate;
  /** Whether what ran went well: succeeded, against failed and taken back. */
  readonly success: Rate;
}

export function promotionEvidence(past: readonly PastAction[], from: number): Evidence {
  const counted = past.filter(({ ruledAt }) => ruledAt >= from);
  return { agreement: share(counted.map(agreed)), success: share(counted.map(succeeded)) };
}

/** Undefined: it says nothing about it. */
type Case = boolean | undefined;

function share(cases: readonly Case[]): Rate {
  const known = cases.filter((one) => one !== undefined);
  return rateOf(known.filter(Boolean).length, known.length);
}

/** One case for each action, of which a person who looked afterwards knows best. */
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

function succeeded({ closed }: PastAction): Case {
  switch (closed?.outcome) {
    case 'succeeded':
      return true;
    case 'failed':
    case 'rolledBack':
    case 'rollbackFailed':
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

/** What a record must show for a level to be proposed. To level 1 nothing proposes: a person has to want it. */
const BARS: Readonly<Record<2 | 3, Bar>> = {
  2: { measure: 'agreement', rate: 0.95, cases: 50, lowerBound: 0.85 },
  3: { measure: 'success', rate: 0.99, cases: 200, lowerBound: 0.95 },
};

/** Whether a higher level is proposed to those who may grant it. Nothing but their signature gives it. */
export type Promotion =
  | { readonly kind: 'proposed'; readonly to: Level; readonly reasons: readonly string[] }
  | { readonly kind: 'notYet'; readonly to: Level; readonly missing: readonly string[] }
  | { readonly kind: 'none'; readonly reason: string };

export function promotionOf(level: Level, ceiling: Ceiling, evidence: Evidence): Promotion {
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
  const missing = [
    ...(cases < bar.cases ? [`${measure} over ${bar.cases} cases, there are ${cases}`] : []),
    ...(rate < bar.rate ? [`${measure} of ${percent(bar.rate)}, it is ${percent(rate)}`] : []),
    ...(lowerBound < bar.lowerBound
      ? [`a lower bound of ${bar.lowerBound} for ${measure}, it is ${below(lowerBound, bar.lowerBound)}`]
      : []),
  ];
  if (missing.length > 0) return { kind: 'notYet', to, missing };
  const shown = `${measure} ${percent(rate)} over ${cases} cases, with a lower bound of ${lowerBound.toFixed(3)}`;
  return { kind: 'proposed', to, reasons: [shown] };
}

// What just misses its limit must not be rounded until it looks as if it met it.
const below = (value: number, limit: number) => Math.min(value, limit - 0.001).toFixed(3);
const percent = (rate: number) => `${Math.floor(rate * 1_000) / 10} %`;

/** All that is to be said of one key. */
export interface StandingReport extends Authority {
  readonly key: StandingKey;
  readonly evidence: Evidence;
  readonly promotion: Promotion;
}

/**
 * @param type absent where operators took it away: then there is nothing left to be allowed
 * @param past what the agent did, of which only what this key did counts
 */
export function reportOn(
  key: StandingKey,
  held: HeldLevel,
  type: ActionType | undefined,
  past: readonly PastAction[],
): StandingReport {
  const authority = authorityOf(held, type ? ceilingOf(type) : NO_TYPE);
  const evidence = promotionEvidence(
    past.filter((action) => sameKey(action, key)),
    held.evidenceFrom,
  );
  return { key, ...authority, evidence, promotion: promotionOf(held.level, authority.ceiling, evidence) };
}

const NO_TYPE: Ceiling = { level: 0, reason: 'this action type no longer exists' };
