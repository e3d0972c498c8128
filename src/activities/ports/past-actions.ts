import type { ServiceTier } from '../../domain/action/action.ts';
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
  /** Actions of an agent, in any build, that ran and ended, and of which is recorded how sure it was. */
  ranBy(agentId: string, limit: number): Promise<PastAction[]>;
}
