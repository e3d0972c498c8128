import type { Shift } from '../calendar/on-call-schedule.ts';

/** How people are told. `slack` and `webhook` reach a place where several of them look. */
export const MEANS = ['mail', 'page', 'slack', 'webhook'] as const;
export type Means = (typeof MEANS)[number];

/** Steps are numbered from 0 in the order of the list; the number after the last one is the end of the route. */
interface Linked {
  /** What operators call it, in a graph. */
  readonly name?: string | undefined;
  /** Absent: the next in the list. */
  readonly next?: number | undefined;
}

interface Waiting extends Linked {
  /** In milliseconds. */
  readonly waitMs: number;
}

/** Waits, and tells nobody. */
export interface Pause extends Waiting {
  /** In the order of time. It waits until one of them begins, not at all within one, and for `waitMs` at the most. */
  readonly until?: readonly Period[] | undefined;
}

/** Goes back to an earlier step, so many times in all, and on after that. */
export interface Repeat extends Linked {
  readonly repeatFrom: number;
  readonly times: number;
}

/** Goes one of two ways. */
export interface Branch<When> extends Linked {
  readonly when: When;
  readonly next: number;
  readonly else: number;
}

/** One step of an escalation route that tells these people in this way, and then waits. */
export interface Telling extends Waiting {
  readonly by: Means;
  /** Whom, as operators named them, for people to read. */
  readonly whom: string;
  /** All whom it may reach; with shifts, only the one of them who is on call is told. */
  readonly people: readonly string[];
  /** Who is on call when, of a schedule: looked up for the moment at which the step falls due. */
  readonly shifts?: readonly Shift[] | undefined;
  /** As written in countersign.yaml: it decides which service of the pager is asked. Absent: on-call's. */
  readonly to?: string | undefined;
}

/** What a branch asks. `what` is for people to read. */
export type Condition =
  /** Whether the step before it falls due in one of these times, from `from` until just before `until`. */
  | { readonly kind: 'during'; readonly what: string; readonly times: readonly Period[] }
  /** Whether the last message on the way here has not been delivered by now. */
  | { readonly kind: 'notDelivered'; readonly what: string }
  /** Known when the action was ruled on: both ways of the branch lead the same way. */
  | { readonly kind: 'known'; readonly what: string; readonly holds: boolean };

/** Milliseconds since the epoch. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

export type RouteStep = Telling | Pause | Repeat | Branch<Condition>;

/** A graph of steps, and what silence through all of them means. Only a tier-2 window may end in `proceed`. */
export interface Route {
  readonly steps: readonly RouteStep[];
  readonly onSilence: 'deny' | 'proceed';
  /** How long an acknowledgement holds the next step, in milliseconds. Absent: nobody can acknowledge. */
  readonly holdMs?: number | undefined;
  /** Whether those who were asked by mail, and did not decide, get a mail that says how it was settled. */
  readonly mailSettled?: boolean | undefined;
}

/** How long a page that lets silence proceed may take: two minutes of trying, in milliseconds. */
export const PAGE_PATIENCE_MS = 120_000;

/** A message to people, and what became of it. */
export interface Delivery {
  readonly step: string;
  readonly by: Means;
  readonly whom: string;
  /** Whom it was for, by name. Absent: in what was recorded before names were. */
  readonly people?: readonly string[] | undefined;
  readonly delivered: boolean;
  readonly detail: string;
  /** Told beside the route: it says nothing of whether people could be asked. */
  readonly aside?: true | undefined;
  /** As in the step that told. */
  readonly to?: string | undefined;
  /** What the channel calls the message, so that it can be brought up to date. */
  readonly ref?: string | undefined;
}
