import type { Tier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import { MODE_WORDS } from '../policy/ask-policy.ts';
import { MODES } from '../policy/policy.ts';
import { iso } from '../shared/sentence.ts';

/** One change to an action, with everything else unchanged. */
export type Change =
  /** In another environment. Nothing is on record there yet, and a size cannot be measured. */
  | { readonly kind: 'environment'; readonly environment: string }
  /** By an agent of a higher level. */
  | { readonly kind: 'level'; readonly from: Level; readonly to: Level }
  /** From this time on: milliseconds since the epoch. */
  | { readonly kind: 'time'; readonly from: number }
  /** With a parameter that is closer to its current value. */
  | { readonly kind: 'size'; readonly parameter: string; readonly from: number; readonly to: number }
  /** With an action type that has a rollback. */
  | { readonly kind: 'rollback' }
  /** Without the higher tier that the agent declared itself. */
  | { readonly kind: 'undeclared' };

/** A change under which the ruling would have less friction, and the tier that it would have. */
export interface Counterfactual {
  readonly change: Change;
  readonly tier: Tier;
}

/** The counterfactual in words, as part of a sentence: "in staging, running it at once would be permitted". */
export function counterfactualText({ change, tier }: Counterfactual): string {
  const mode = MODES[tier - 1] ?? 'recommend';
  return `${changeText(change)}, ${MODE_WORDS[mode]} would be permitted`;
}

function changeText(change: Change): string {
  switch (change.kind) {
    case 'environment':
      return `in ${change.environment}`;
    case 'level':
      return `with an agent of level ${change.to}, in place of ${change.from}`;
    case 'time':
      return `from ${iso(change.from)} on`;
    case 'size': {
      const { parameter, from, to } = change;
      return `with ${parameter} ${to > from ? 'at most' : 'at least'} ${to} (it was ${from})`;
    }
    case 'rollback':
      return 'with a rollback';
    case 'undeclared':
      return 'had the agent not declared a higher tier';
  }
}
