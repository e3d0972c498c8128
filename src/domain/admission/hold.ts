import type { Action } from '../action/action.ts';
import { iso } from '../shared/sentence.ts';

/** The actions that a hold stops. */
export type HoldScope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'agent'; readonly agent: string }
  | { readonly kind: 'actionType'; readonly actionType: string }
  /** Without an environment: in all environments. */
  | { readonly kind: 'service'; readonly service: string; readonly environment?: string | undefined };

/**
 * A hold. While it stands, no action in its scope runs, even if it was approved. Holds are placed by people, by a failed rollback, and by
 * an anomaly in people's decisions. The last kind stops only actions that nobody approved.
 */
export interface Hold {
  readonly id: string;
  readonly scope: HoldScope;
  /** A person's name, or the workflow id of the action that could not be taken back. */
  readonly placedBy: string;
  readonly reason: string;
  /** Whether it lets actions run that people approved. */
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

/** The hold in one sentence for people: what is on hold, since when, by whom and why. */
export function describeHold(hold: Hold): string {
  const { placedBy, reason, at } = hold;
  return `${heldBy(hold)} is on hold since ${iso(at)}, placed by ${placedBy}: ${reason}`;
}

/** What a hold stops, in words. */
export const heldBy = ({ scope, autonomousOnly }: Pick<Hold, 'scope' | 'autonomousOnly'>): string =>
  autonomousOnly ? `what runs by itself of ${whatOf(scope)}` : whatOf(scope);

/** A scope in words. */
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
