import type { ServiceTier } from '../../domain/action/action.ts';
import type { Later } from '../../domain/admission/what-stops.ts';
import type { PastAction } from '../../domain/ledger/past-action.ts';

/** What the ledger says of earlier actions. All methods answer newest first, and throw when the store is unreachable. */
export interface PastActions {
  /** Actions of the same type, on the same target or on services of the same tier. */
  similarTo(
    action: Pick<PastAction, 'actionType' | 'target' | 'serviceTier'>,
    limit: number,
  ): Promise<PastAction[]>;
  /** What an agent did, in any version where none is given. At most the last 1,000 actions. */
  of(selection: {
    readonly agent: { readonly id: string; readonly version?: string | undefined };
    readonly actionType: string;
    readonly serviceTier: ServiceTier;
  }): Promise<PastAction[]>;
  /** What was admitted on a target after a time, in milliseconds since the epoch: the earliest 1,000, whatever asked for it. */
  ranSince(on: Pick<PastAction, 'target' | 'environment'>, admittedAfter: number): Promise<Later[]>;
  /** Actions of an agent, in any build, that ran and ended, and of which is recorded how sure it was. */
  ranBy(agentId: string, limit: number): Promise<PastAction[]>;
}
