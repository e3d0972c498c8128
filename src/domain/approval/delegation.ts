import type { Action } from '../action/action.ts';

/** For which actions somebody decides in another's place. */
export type DelegationScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'actionType'; readonly actionType: string }
  | { readonly kind: 'service'; readonly service: string };

/** What it covers, in words. */
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

/** A person's own signed word that somebody else decides in their place. Times in milliseconds since the epoch. */
export interface Delegation {
  readonly id: string;
  /** Whose place it is, by person's name. */
  readonly from: string;
  /** Who decides in it. */
  readonly to: string;
  readonly scope: DelegationScope;
  /** From then on, */
  readonly since: number;
  /** and until then, not including it. */
  readonly until: number;
  readonly reason: string;
  /**
   * It cannot be read as a whole, an entry of the ledger after it cannot, which may have ended it, or the key that signed it is gone
   * from the catalog. Nobody decides by it any more, and who would have still belongs to the side of whoever gave it.
   */
  readonly doubtful?: true | undefined;
}

/** What is to be done about it, for people to read. */
export const DOUBTFUL =
  'in doubt, as an entry of the ledger cannot be read or the key that signed it is gone: nobody decides by it; end it, and give it again';

/** Whether it holds for an action at a time. */
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
