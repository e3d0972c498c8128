import type { FlagPlan } from '../../domain/action/action.ts';
import type { FlagDefinition } from '../../domain/action/flag.ts';

/** The definition of one flag as it is now. */
export interface ReadFlag {
  readonly kind: 'read';
  readonly definition: FlagDefinition;
  /** The definition as it is written, where the store keeps its layout. */
  readonly text?: string | undefined;
  /** By which the store recognises this very version, where it has such a name. */
  readonly version?: string | undefined;
}

/** Why a flag was not read or replaced. `refused`: there was no effect, and there will be none. */
export type NotSo =
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export interface Replacement {
  readonly from: FlagDefinition;
  readonly to: FlagDefinition;
  /** `to` as it was written before. Absent: it is written anew. */
  readonly text?: string | undefined;
  /** The version that is replaced. Absent: the one that is read now, if it is `from`. */
  readonly version?: string | undefined;
  readonly idempotencyKey: string;
  readonly fencingToken: number;
  /** On the clock of the executor. Afterwards nothing is written: who waits for it has given up by then. */
  readonly until: number;
}

/** Where definitions of flags are. */
export interface Flags {
  read(plan: FlagPlan): Promise<ReadFlag | NotSo>;
  /** Replaces a definition, if it still is `from`. Where it is `to` already, it is replaced. */
  replace(plan: FlagPlan, replacement: Replacement): Promise<{ readonly kind: 'replaced' } | NotSo>;
}
