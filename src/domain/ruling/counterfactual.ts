import type { Tier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import { MODE_WORDS } from '../policy/ask-policy.ts';
import { MODES } from '../policy/policy.ts';
import { iso } from '../shared/sentence.ts';

/** One thing that could be otherwise about an action, with all else as it was. */
export type Change =
  /** In another environment, where nothing is on record yet and a size cannot be measured. */
  | { readonly kind: 'environment'; readonly environment: string }
  /** By an agent of a higher level. */
  | { readonly kind: 'level'; readonly from: Level; readonly to: Level }
  /** From then on: milliseconds since the epoch. */
  | { readonly kind: 'time'; readonly from: number }
  /** With a parameter that goes less far from its current value. */
  | { readonly kind: 'size'; readonly parameter: string; readonly from: number; readonly to: number }
  /** Were its action type one that can be taken back. */
  | { readonly kind: 'rollback' }
  /** Had the agent not asked for more care itself. */
  | { readonly kind: 'undeclared' };

/** A change that would have given an action a ruling with less friction, and the tier that it would have had. */
export interface Counterfactual {
  readonly change: Change;
  readonly tier: Tier;
}

/** In words, as part of a sentence: "in staging, running it at once would be permitted". */
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
