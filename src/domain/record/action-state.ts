import type { Action, Proposal } from '../action/action.ts';
import type { Outcome } from '../action/outcome.ts';
import type { Found } from '../action/reconcile.ts';
import type { Report } from '../action/reported.ts';
import type { TakeBack } from '../action/take-back.ts';
import type { Verdict } from '../analysis/analysis-verdict.ts';
import type { Measurement } from '../analysis/metrics.ts';
import type {
  AskedQuestion,
  BrokenGlass,
  Edit,
  Extended,
  Kept,
  Revocation,
} from '../approval/interventions.ts';
import type { Requirement, Vote, Withdrawal } from '../approval/requirement.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { Background } from '../background/background.ts';
import type { Delivery } from '../escalation/route.ts';
import type { Acknowledgement } from '../escalation/route-progress.ts';
import type { Finding } from '../findings/finding.ts';
import type { Impact } from '../risk/impact.ts';
import type { Ruling } from '../ruling/ruling.ts';

export type Status =
  | 'assessing'
  | 'waiting'
  | 'admitting'
  | 'executing'
  | 'watching'
  /** The watch could not tell whether the action did harm, and people are asked whether to keep it. */
  | 'undecided'
  | 'rollingBack'
  /** The workflow is gone, and the effect of the action may stand. */
  | 'lost'
  | 'closed';

/** The final answer of the governed system, as an executor reports it. */
export interface Receipt {
  readonly summary: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What was found when an effect was looked up. `at` in milliseconds since the epoch. */
export type Reconciled = Found & { readonly at: number };

/** A decision that did not count. It is kept so that operators see attempts; the list is bounded. */
export interface RefusedDecision {
  readonly person: string;
  readonly reason: string;
  readonly at: number;
}

/** An earlier round of approval: what people decided, and the drift or the edit that ended it. Nothing of it counts any more. */
export interface Round {
  readonly digest: string;
  readonly votes: readonly Vote[];
  readonly settlement?: Settlement | undefined;
  readonly deliveries: readonly Delivery[];
  readonly drift: readonly string[];
  readonly edit?: Edit | undefined;
}

/** The state of an action: the answer of the query `getAction`. Times in milliseconds since the epoch. */
export interface ActionState {
  readonly workflowId: string;
  readonly runId: string;
  readonly proposal: Proposal;
  readonly status: Status;
  readonly action?: Action | undefined;
  readonly impact?: Impact | undefined;
  readonly ruling?: Ruling | undefined;
  /** What the machine found to contradict the request, when it was ruled on. Absent: nothing. */
  readonly findings?: readonly Finding[] | undefined;
  /** What people who are asked are told beside the impact. Absent: nobody is asked. */
  readonly background?: Background | undefined;
  readonly earlierRounds: readonly Round[];
  readonly openedAt?: number | undefined;
  readonly deadline?: number | undefined;
  readonly votes: readonly Vote[];
  readonly withdrawals: readonly Withdrawal[];
  readonly refusedDecisions: readonly RefusedDecision[];
  /** 1 is what the agent proposed; each edit adds 1. */
  readonly revision: number;
  readonly edits: readonly Edit[];
  readonly questions: readonly AskedQuestion[];
  readonly breakGlass?: BrokenGlass | undefined;
  readonly revocation?: Revocation | undefined;
  readonly kept?: Kept | undefined;
  /** Who had its watch go on that could not tell, the oldest first. */
  readonly extensions?: readonly Extended[] | undefined;
  /** The people who said that they are looking at it, each once. */
  readonly acknowledgements?: readonly Acknowledgement[] | undefined;
  readonly settlement?: Settlement | undefined;
  readonly deliveries: readonly Delivery[];
  readonly fencingToken?: number | undefined;
  readonly receipt?: Receipt | undefined;
  /** What was found each time that the effect was looked up. Absent: it was not. */
  readonly reconciled?: readonly Reconciled[] | undefined;
  readonly measurements: readonly Measurement[];
  readonly verdict?: Verdict | undefined;
  readonly rollback?: Receipt | undefined;
  /** What was measured after the rollback. */
  readonly measuredBack: readonly Measurement[];
  /** What was unusual in how often the agent asks. It costs the agent a level. */
  readonly anomaly?: string | undefined;
  readonly outcome?: Outcome | undefined;
  /** What people reported after it was over. The workflow does not know it; the ledger does. */
  readonly reports?: readonly Report[] | undefined;
  /** Who wanted it taken back after it was over. The ledger knows this alone, too. */
  readonly takeBacks?: readonly TakeBack[] | undefined;
  /** What was erased of what the ledger said about it, who had that done, and why, as one sentence without the final period. */
  readonly erased?: string | undefined;
}

/** The initial state of an action, before anything was done or said about it. */
export const NOTHING_YET = {
  earlierRounds: [],
  votes: [],
  withdrawals: [],
  refusedDecisions: [],
  deliveries: [],
  revision: 1,
  edits: [],
  questions: [],
  measurements: [],
  measuredBack: [],
} as const satisfies Partial<ActionState>;

/** The state of a review: the answer of the query `getReview`. */
export interface ReviewState {
  readonly workflowId: string;
  readonly runId: string;
  readonly actionId: string;
  readonly title: string;
  readonly digest: string;
  readonly outcome: Outcome;
  readonly requirement: Requirement;
  readonly dueAt: number;
  readonly votes: readonly Vote[];
  readonly refusedDecisions: readonly RefusedDecision[];
  readonly result?: ReviewResult | undefined;
}

/** The result of `governAction`. */
export interface Closed {
  readonly actionId: string;
  readonly outcome: Outcome;
}
