import type { Action } from '../action/action.ts';

/** The actions for which a delegate decides in another person's place. */
export type DelegationScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'actionType'; readonly actionType: string }
  | { readonly kind: 'service'; readonly service: string };

/** The scope in words. */
export function scopeText(scope: DelegationScope): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything';
    case 'actionType':
      return `every ${scope.actionType}`;
    case 'service':
      return scope.service;
  }
}

/** A signed order by which a person lets somebody else decide in their place. Times in milliseconds since the epoch. */
export interface Delegation {
  readonly id: string;
  /** The name of the person whose place it is. */
  readonly from: string;
  /** The name of the delegate. */
  readonly to: string;
  readonly scope: DelegationScope;
  /** The start, inclusive. */
  readonly since: number;
  /** The end, exclusive. */
  readonly until: number;
  readonly reason: string;
  /**
   * The delegation is in doubt: the ledger entry of it cannot be read in full, a later entry that may have ended it cannot be read, or the
   * key that signed it is gone from the catalog. It gives nobody a place any more. The delegate still belongs to the side of the person who
   * gave the place.
   */
  readonly doubtful?: true | undefined;
}

/** The text that tells people what to do about a doubtful delegation. */
export const DOUBTFUL =
  'in doubt, as an entry of the ledger cannot be read or the key that signed it is gone: nobody decides by it; end it, and give it again';

/** Whether the delegation covers an action at a time. @param at milliseconds since the epoch */
export function holdsFor(
  { scope, since, until }: Delegation,
  action: Pick<Action, 'type' | 'target'>,
  at: number,
): boolean {
  if (at < since || at >= until) return false;
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'actionType':
      return scope.actionType === action.type;
    case 'service':
      return scope.service === action.target;
  }
}
