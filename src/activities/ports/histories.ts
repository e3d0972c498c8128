import type { History } from '../../domain/record/reconciliation.ts';
import type { Sealed } from '../../domain/shared/seal.ts';
import type { Fact } from './ledger.ts';

/** What the Temporal server keeps of the workflows of actions. All methods throw while it cannot be reached. */
export interface Histories {
  /** The ids of the actions whose workflow ended since then. @param since milliseconds since the epoch */
  endedSince(since: number): Promise<readonly string[]>;
  /** @param runId the run that the ledger knows; a newer one that is under way is `running` all the same */
  of(actionId: string, runId: string | undefined): Promise<History>;
  /**
   * What our workers sealed while the ledger was away, and gave to the workflow in that run, in its order. Unproven: whoever uses one verifies its seal.
   */
  sealedIn(actionId: string, runId: string): Promise<readonly Sealed<Fact>[]>;
}
