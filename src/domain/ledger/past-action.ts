import type { AgentBuild, ServiceTier, Tier } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import type { Settlement } from '../approval/settlement.ts';

/** What the ledger says of one action that was ruled on. Times in milliseconds since the epoch. */
export interface PastAction {
  readonly actionId: string;
  readonly agent: AgentBuild;
  readonly actionType: string;
  readonly target: string;
  readonly serviceTier: ServiceTier;
  readonly environment: string;
  readonly tier: Tier;
  /** 0 to 100, as it was ruled. */
  readonly risk: number;
  readonly ruledAt: number;
  /** Absent: it never came to run. */
  readonly admittedAt?: number | undefined;
  /** Absent: it is not over. */
  readonly closed?:
    | {
        readonly at: number;
        readonly outcome: OutcomeKind;
        /** How people's decision ended, where they were asked. */
        readonly settlement?: Settlement['kind'] | undefined;
        /** How long the rollback took, where there was one and it worked. */
        readonly rollbackMs?: number | undefined;
      }
    | undefined;
  /** What the person who looked at it afterwards said, where somebody did. */
  readonly review?: ReviewResult['kind'] | undefined;
}
