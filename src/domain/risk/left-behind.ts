import type { Action } from '../action/action.ts';
import { conditionFaultIn, environmentWith, explained } from '../analysis/cel.ts';
import type { LeavesCase } from '../installation/installation.ts';

/** What a rollback leaves behind of this action, as operators declared it. */
export type LeftBehind =
  /** It undoes the action. */
  | { readonly kind: 'nothing' }
  /** It sets back what it can: sentences about what stays. */
  | { readonly kind: 'some'; readonly what: readonly string[] }
  /** Nobody stated it. */
  | { readonly kind: 'unstated' }
  /** A condition could not be evaluated. */
  | { readonly kind: 'unknown'; readonly reason: string };

/** The variables of such a condition, with their CEL types. */
export const ASKED = { params: 'map', target: 'string', environment: 'string' } as const;

/**
 * The language of the conditions under which something stays: CEL (cel.dev) over the parameters, the target and the environment's name. A
 * condition cannot loop, call out or see anything else.
 */
const conditions = environmentWith(ASKED);

/** Returns what is wrong with such a condition, or null. */
export const leavesConditionFault = (condition: string): string | null =>
  conditionFaultIn(conditions, condition);

/** INVARIANT 7: a condition that cannot be evaluated never counts as one that does not hold. */
export function leftBehind(
  leaves: readonly LeavesCase[] | undefined,
  { params, target, environment }: Pick<Action, 'params' | 'target' | 'environment'>,
): LeftBehind {
  if (!leaves) return { kind: 'unstated' };
  const what: string[] = [];
  for (const leavesCase of leaves) {
    try {
      const holds =
        leavesCase.when === undefined ||
        conditions.evaluate(leavesCase.when, { params, target, environment }) === true;
      if (holds) what.push(leavesCase.what);
    } catch (error) {
      const reason = `whether "${leavesCase.what}" cannot be told: ${explained(error)}`;
      return { kind: 'unknown', reason };
    }
  }
  return what.length === 0 ? { kind: 'nothing' } : { kind: 'some', what };
}
