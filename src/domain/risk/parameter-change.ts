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
  | { readonly kind: 'read'; readonly value: Json; readonly at: number }
  /** What the last action that succeeded set on this target. Something else may have changed it since. */
  | {
      readonly kind: 'lastSet';
      readonly value: Json;
      readonly at: number;
      readonly actionId: string;
      /** Why the source that the action type names could not be read. Absent: it names none. */
      readonly unread?: string | undefined;
    }
  | { readonly kind: 'unknown'; readonly reason: string };

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
