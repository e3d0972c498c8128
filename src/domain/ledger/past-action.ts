import type { AgentBuild, ServiceTier, Tier } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { Reported } from '../action/reported.ts';
import type { Verdict } from '../analysis/analysis-verdict.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { Json } from '../shared/json.ts';

/** What the ledger says about one action that was ruled on. Times in milliseconds since the epoch. */
export interface PastAction {
  readonly actionId: string;
  readonly agent: AgentBuild;
  readonly actionType: string;
  readonly target: string;
  readonly serviceTier: ServiceTier;
  readonly environment: string;
  /** Its parameters, as ruled on last; those of more than 500 characters are left out. Absent: it has none. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** The same for every action that asks for the same thing, as `samenessOf` gives it. Absent: it was not recorded. */
  readonly sameness?: string | undefined;
  /** 0 to 1: how sure its agent was that it would work. Absent: it was not recorded. */
  readonly confidence?: number | undefined;
  readonly tier: Tier;
  /** 0 to 100, as ruled. */
  readonly risk: number;
  readonly ruledAt: number;
  /** Absent: it never ran. */
  readonly admittedAt?: number | undefined;
  /** Absent: it is not closed. */
  readonly closed?:
    | {
        readonly at: number;
        readonly outcome: OutcomeKind;
        /** Why it ended so. Absent: it was not recorded. */
        readonly reason?: string | undefined;
        /** How people's decision ended, if they were asked. */
        readonly settlement?: Settlement['kind'] | undefined;
        /** How long the rollback took, if there was one and it worked. */
        readonly rollbackMs?: number | undefined;
        /** Whether its effect was watched and found healthy. Absent: it was not, or nothing is watched for its type. */
        readonly foundHealthy?: true | undefined;
      }
    | undefined;
  /** The result of the review, if there was one. */
  readonly review?: ReviewResult['kind'] | undefined;
  /** What its watch found. Absent: nothing was watched, or it was not recorded. */
  readonly verdict?: Verdict['kind'] | undefined;
  /** The action that it took back, as a person asked. Absent: an agent asked for it. */
  readonly takesBack?: string | undefined;
  /** What a person reported first after it was over. Absent: nobody did. */
  readonly reported?: { readonly found: Reported; readonly at: number } | undefined;
}
