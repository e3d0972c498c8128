import type { Action } from '../action/action.ts';
import { iso } from '../shared/sentence.ts';

/** Whom a hold stops. */
export type HoldScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'agent'; readonly agent: string }
  | { readonly kind: 'actionType'; readonly actionType: string }
  /** Without an environment: in all of them. */
  | { readonly kind: 'service'; readonly service: string; readonly environment?: string | undefined };

/**
 * While it stands, nothing in its scope is run, whoever approved it. Placed by people, by a rollback that failed, and by what
 * was out of the ordinary in people's decisions: that one stops only what nobody approved.
 */
export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  /** A person's name, or the workflow id of the action that could not be taken back. */
  readonly placedBy: string;
  readonly reason: string;
  /** It lets through what people approved. */
  readonly autonomousOnly?: true | undefined;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The end of a hold. */
export interface Lifting {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export function covers(
  scope: HoldScope,
  action: Pick<Action, 'agent' | 'type' | 'target' | 'environment'>,
): boolean {
  switch (scope.kind) {
    case 'everything':
      return true;
    case 'agent':
      return scope.agent === action.agent.id;
    case 'actionType':
      return scope.actionType === action.type;
    case 'service':
      return (
        scope.service === action.target && (scope.environment ?? action.environment) === action.environment
      );
  }
}

/** One sentence for people: what is on hold, since when, by whom and why. */
export function describeHold(hold: Hold): string {
  const { placedBy, reason, at } = hold;
  return `${heldBy(hold)} is on hold since ${iso(at)}, placed by ${placedBy}: ${reason}`;
}

/** What a hold stops, for people to read. */
export const heldBy = ({ scope, autonomousOnly }: Pick<Hold, 'scope' | 'autonomousOnly'>): string =>
  autonomousOnly ? `what runs by itself of ${whatOf(scope)}` : whatOf(scope);

/** A scope for people to read. */
function whatOf(scope: HoldScope): string {
  switch (scope.kind) {
    case 'everything':
      return 'everything';
    case 'agent':
      return `the agent ${scope.agent}`;
    case 'actionType':
      return `every ${scope.actionType}`;
    case 'service':
      return `${scope.service} in ${scope.environment ?? 'every environment'}`;
  }
}
