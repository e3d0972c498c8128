import type { PastAction } from '../ledger/past-action.ts';
import { written } from '../shared/duration-text.ts';

/** The dimensions by which actions are counted together. A service counts separately in each environment. */
export const DIMENSIONS = ['agent', 'actionType', 'service'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** A limit on what may be admitted in a sliding time: a number of actions, or a sum of risk, which also adds up from small risks. */
export type Limit =
  | {
      readonly kind: 'rate';
      readonly per: readonly Dimension[];
      readonly atMost: number;
      readonly withinMs: number;
    }
  | {
      readonly kind: 'budget';
      readonly per: readonly Dimension[];
      /** Points of risk; an action has 0 to 100. */
      readonly risk: number;
      readonly withinMs: number;
    };

/** An action that was admitted, or that asks to be admitted. For the latter, the time is when it asks. */
export type Counted = Pick<
  PastAction,
  'actionId' | 'agent' | 'actionType' | 'target' | 'environment' | 'risk'
> & {
  /** Milliseconds since the epoch. */
  readonly admittedAt: number;
};

/** A limit that is used up. `freeAt`: from when on there is room, unless other actions come first; absent if there can never be room. */
export interface Full {
  readonly reason: string;
  /** The dimensions of the limit. */
  readonly per: readonly Dimension[];
  readonly freeAt?: number;
}

/**
 * Returns the limit that blocks the action for the longest time; undefined when none does.
 *
 * @param recent what was admitted lately, in any order; entries that do not count are skipped
 */
export function whatIsFull(
  limits: readonly Limit[],
  candidate: Counted,
  recent: readonly Counted[],
): Full | undefined {
  const fullLimits = limits.flatMap((limit) => check(limit, candidate, recent) ?? []);
  const freeAt = ({ freeAt = Number.POSITIVE_INFINITY }: Full) => freeAt;
  return fullLimits.reduce<Full | undefined>(
    (longest, full) => (longest && freeAt(longest) >= freeAt(full) ? longest : full),
    undefined,
  );
}

function check(limit: Limit, candidate: Counted, recent: readonly Counted[]): Full | undefined {
  const countedActions = recent
    .filter(
      (action) =>
        action.actionId !== candidate.actionId &&
        action.admittedAt > candidate.admittedAt - limit.withinMs &&
        limit.per.every((dimension) => keyOf(dimension, action) === keyOf(dimension, candidate)),
    )
    .sort((a, b) => a.admittedAt - b.admittedAt);
  const costOf = ({ risk }: Counted) => (limit.kind === 'rate' ? 1 : risk);
  const room = (limit.kind === 'rate' ? limit.atMost : limit.risk) - costOf(candidate);
  const used = countedActions.reduce((sum, action) => sum + costOf(action), 0);
  if (used <= room) return undefined;
  let remaining = used;
  const last = countedActions.find((action) => {
    remaining -= costOf(action);
    return remaining <= room;
  });
  const scopeText = limit.per.map((dimension) => keyOf(dimension, candidate)).join(', ');
  const ownRisk = limit.kind === 'rate' ? '' : `, and this one has ${candidate.risk}`;
  return {
    reason: `${describe(limit)}; used by ${scopeText}: ${used}${ownRisk}`,
    per: limit.per,
    ...(last ? { freeAt: last.admittedAt + limit.withinMs } : {}),
  };
}

function keyOf(dimension: Dimension, { agent, actionType, target, environment }: Counted): string {
  switch (dimension) {
    case 'agent':
      return agent.id;
    case 'actionType':
      return actionType;
    case 'service':
      return `${target} in ${environment}`;
  }
}

const NAMES = { agent: 'agent', actionType: 'action type', service: 'service' } as const;

function describe(limit: Limit): string {
  const allowance =
    limit.kind === 'budget'
      ? `a risk of ${limit.risk}`
      : `${limit.atMost} action${limit.atMost === 1 ? '' : 's'}`;
  const per = limit.per.map((dimension) => NAMES[dimension]).join(' and ');
  return `at most ${allowance} may run within ${written(limit.withinMs)} per ${per}`;
}
