import type { OutcomeKind } from '../action/outcome.ts';
import type { Json } from '../shared/json.ts';

/** What one parameter is now, and what the action makes of it. */
export interface ParameterChange {
  readonly parameter: string;
  readonly to: Json;
  readonly from: ValueNow;
  /** From the schema of the parameter; absent where operators declared none. */
  readonly unit?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly default?: Json | undefined;
  /** What it was set to before. Absent: it is no number, no action set it, or it was assessed before this was looked at. */
  readonly setBefore?: SetBefore | undefined;
}

/** The value that a parameter has now. Times are in milliseconds since the epoch. */
export type ValueNow =
  /** Read from the source that the action type names. */
  | {
      readonly kind: 'read';
      readonly value: Json;
      readonly at: number;
      readonly notKnownGood?: NotKnownGood | undefined;
    }
  /** What the last action that succeeded set on this target. Something else may have changed it since. */
  | {
      readonly kind: 'lastSet';
      readonly value: Json;
      readonly at: number;
      readonly actionId: string;
      /** Why the source that the action type names could not be read. Absent: it names none. */
      readonly unread?: string | undefined;
      readonly notKnownGood?: NotKnownGood | undefined;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

/** The action that set a value last and was not found healthy: a rollback to that value is none to a state that is known to be good. */
export interface NotKnownGood {
  readonly actionId: string;
  /** When it ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly outcome: OutcomeKind;
  /** Why it ended so. Absent: it was not recorded. */
  readonly reason?: string | undefined;
}

/** The numbers that a parameter was set to by earlier actions of the same type on the same target and environment that succeeded. */
export interface SetBefore {
  readonly least: number;
  readonly most: number;
  /** How many actions set it, of the 200 similar actions that were ruled on last. */
  readonly times: number;
  /** Whether each of them was greater, or each was less, than the one before. Absent: neither. */
  readonly always?: 'greater' | 'less' | undefined;
}

/** The longest value that is kept, in characters of its JSON. It stands in every record of the action. */
export const LONGEST_VALUE = 500;
