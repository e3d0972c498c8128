import type { Tier } from '../../domain/action/action.ts';
import type { Level } from '../../domain/action/autonomy-level.ts';
import type { OutcomeKind } from '../../domain/action/outcome.ts';
import type { Advice } from '../../domain/advice/advice.ts';
import type { FindingKind } from '../../domain/findings/finding.ts';
import type { DrillResult } from '../../domain/ledger/drill-result.ts';
import type { Listed } from '../../domain/ledger/project-inbox.ts';

/** The part of a list that is wanted. Newest, or most urgent, first. Rows are never counted, so that a long list stays quick. */
export interface Page {
  /** At most this many items, 1 to 100. */
  readonly limit: number;
  /** `next` of the page before. A text that is not one of our cursors is treated as absent. */
  readonly after?: string | undefined;
}

export interface Paged<T> {
  readonly items: readonly T[];
  /** Where the next page begins; absent on the last. */
  readonly next?: string | undefined;
}

/** One action in a list. Times in milliseconds since the epoch. */
export type ListedAction = Pick<
  Listed,
  | 'actionId'
  | 'title'
  | 'actionType'
  | 'target'
  | 'environment'
  | 'agent'
  | 'tier'
  | 'risk'
  | 'status'
  | 'ruledAt'
  | 'deadline'
  | 'outcome'
  | 'closedAt'
> & {
  /** It is a drill, and over. */
  readonly drill?: true | undefined;
};

/** How drills ended. Those that nobody answered are left out. */
export type DrillCounts = Readonly<Record<Exclude<DrillResult, 'expired'>, number>>;

export interface PendingAction extends ListedAction {
  /** The groups that still have to decide, for example "1 of security". */
  readonly needed: string;
  /** Requests of the same kind have the same key: action type, target and environment. */
  readonly group: string;
}

export interface DecidedAction extends ListedAction {
  readonly verdict: string;
  readonly reason?: string | undefined;
  readonly decidedAt: number;
}

export interface DueReview {
  readonly actionId: string;
  readonly title: string;
  readonly agent: string;
  readonly tier: Tier;
  readonly outcome: OutcomeKind;
  readonly dueAt: number;
}

/** What all listed actions have in common; an absent member does not matter. */
export interface ActionFilter {
  readonly status?: Listed['status'] | undefined;
  readonly agent?: string | undefined;
  readonly actionType?: string | undefined;
  readonly target?: string | undefined;
  readonly environment?: string | undefined;
  readonly outcome?: OutcomeKind | undefined;
}

/** How long approvals took, in milliseconds; null where nobody decided. */
export interface TimeToApprove {
  /** `tier 2`, or the name of a group. */
  readonly of: string;
  readonly count: number;
  readonly p50: number | null;
  readonly p95: number | null;
}

export interface DayCounts {
  /** `2026-03-14`, UTC. */
  readonly day: string;
  readonly proposed: number;
  readonly denied: number;
  readonly autoProceeded: number;
  readonly policyDenied: number;
  readonly rolledBack: number;
}

/** What people did with findings of one kind. All numbers count people who opened the page of an action, once for each action. */
export interface FindingUse {
  readonly kind: FindingKind;
  /** How many were shown one. */
  readonly shown: number;
  /** How many of these followed one to the words or the fact that it is about. */
  readonly followed: number;
  /** How many of these confirmed one and approved. */
  readonly approvedPast: number;
}

/** What the watches of one action type found, and what people reported about it. */
export interface WatchUse {
  readonly actionType: string;
  /** How many actions ran, ended, and were watched. */
  readonly watched: number;
  /** The regressions that the watch found, without those that a person reported as false. */
  readonly found: number;
  /** In how many milliseconds half of these were found. Null: none was found. */
  readonly medianDetectionMs: number | null;
  readonly falseRollbacks: number;
  /** The regressions that the watch missed and people reported. */
  readonly missed: number;
}

/** What operators look at; for the last 28 days unless stated otherwise. */
export interface Dashboard {
  readonly at: number;
  readonly pending: number;
  /** The reviews that are past due and that nobody made. */
  readonly overdue: number;
  readonly timeToApprove: {
    readonly byTier: readonly TimeToApprove[];
    readonly byGroup: readonly TimeToApprove[];
  };
  /** The share of denials among all decisions of people, 0 to 1. */
  readonly denialRate: number;
  readonly days: readonly DayCounts[];
  readonly standing: readonly {
    readonly agent: string;
    readonly actionType: string;
    readonly level: Level;
  }[];
  /** Which questions people could be spared, and which are missing. */
  readonly advice: readonly Advice[];
  /** What people did with what was found, of all of them together. */
  readonly findings: readonly FindingUse[];
  /** How right watches were, by action type. */
  readonly watches: readonly WatchUse[];
  /** How drills ended, of all people together. Absent: fewer than three people answered one, so it would tell of one person. */
  readonly drills?: DrillCounts | undefined;
  readonly load: readonly { readonly person: string; readonly pending: number; readonly decided: number }[];
}

/**
 * Lists of what the ledger holds, quick for ten thousand pending actions. They may be a moment behind: when somebody decides, the
 * page of the action comes from its workflow instead.
 */
export interface ReadModel {
  /** The actions that this person may decide on now, most urgent first. */
  pendingFor(person: string, page: Page): Promise<Paged<PendingAction>>;
  /** The actions that this person decided on, newest first. */
  decidedBy(person: string, page: Page): Promise<Paged<DecidedAction>>;
  /** The reviews that this person may make, most urgent first. */
  reviewsDue(person: string, page: Page): Promise<Paged<DueReview>>;
  /** All actions, newest first. */
  actions(filter: ActionFilter, page: Page): Promise<Paged<ListedAction>>;
  /** One action; undefined if it was never ruled on. */
  action(actionId: string): Promise<ListedAction | undefined>;
  /** Whether an id is that of a drill, over or not. */
  isDrill(actionId: string): Promise<boolean>;
  /** What this person's answer made of a drill. Undefined: it is no drill, or somebody else ended it, or nobody did. */
  drillOf(actionId: string, person: string): Promise<DrillResult | undefined>;
  /** How the drills ended that this person answered. For nobody but this person. */
  drillsOf(person: string, now: number): Promise<DrillCounts>;
  /** How many actions without a signed proposal are open. */
  openUnsigned(): Promise<number>;
  dashboard(now: number): Promise<Dashboard>;
  /** The part of the dashboard that is watched all the time. The rest costs too much to read every few seconds. */
  counts(now: number): Promise<Pick<Dashboard, 'pending' | 'overdue' | 'denialRate'>>;
}
