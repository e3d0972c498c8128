import type { Shift } from '../calendar/on-call-schedule.ts';

/** The channels of messages. `slack` and `webhook` reach a place that several people read. */
export const MEANS = ['mail', 'page', 'slack', 'webhook'] as const;
export type Means = (typeof MEANS)[number];

/** The links between steps. Steps are numbered from 0 in the order of the list; the number after the last one is the end of the route. */
interface Linked {
  /** The operators' name of the step in a graph. */
  readonly name?: string | undefined;
  /** Absent: the next step in the list. */
  readonly next?: number | undefined;
}

interface Waiting extends Linked {
  /** In milliseconds. */
  readonly waitMs: number;
}

/** A step that waits and tells nobody. */
export interface Pause extends Waiting {
  /** In the order of time. The step waits until one of them begins, does not wait during one, and waits for `waitMs` at most. */
  readonly until?: readonly Period[] | undefined;
}

/** A step that goes back to an earlier step, this many times in all, and then goes on. */
export interface Repeat extends Linked {
  readonly repeatFrom: number;
  readonly times: number;
}

/** A step that goes one of two ways. */
export interface Branch<When> extends Linked {
  readonly when: When;
  readonly next: number;
  readonly else: number;
}

/** A step that tells people through one channel, and then waits. */
export interface Telling extends Waiting {
  readonly by: Means;
  /** The group as operators named it, for people to read. */
  readonly whom: string;
  /** Everybody whom it may reach. With shifts, only the person on call is told. */
  readonly people: readonly string[];
  /** The shifts of a schedule. The one at the time when the step is due counts. */
  readonly shifts?: readonly Shift[] | undefined;
  /** As written in countersign.yaml: decides which service of the pager is used. Absent: that of on-call. */
  readonly to?: string | undefined;
}

/** The condition of a branch. `what` is for people to read. */
export type Condition =
  /** Whether the branch is due in one of these times, from `from` until just before `until`. */
  | { readonly kind: 'during'; readonly what: string; readonly times: readonly Period[] }
  /** Whether the last message on this way has not been delivered yet. */
  | { readonly kind: 'notDelivered'; readonly what: string }
  /** Known when the action was ruled on, so both ways of the branch lead to the same step. */
  | { readonly kind: 'known'; readonly what: string; readonly holds: boolean };

/** A span of time, in milliseconds since the epoch; `until` is exclusive. */
export interface Period {
  readonly from: number;
  readonly until: number;
}

export type RouteStep = Telling | Pause | Repeat | Branch<Condition>;

/** An escalation route: a graph of steps, and what silence until its end means. Only a tier-2 window may end in `proceed`. */
export interface Route {
  readonly steps: readonly RouteStep[];
  readonly onSilence: 'deny' | 'proceed';
  /** How long an acknowledgement delays the next step, in milliseconds. Absent: nobody can acknowledge. */
  readonly holdMs?: number | undefined;
  /** Whether people who were asked by mail and did not decide get a mail about the settlement. */
  readonly mailSettled?: boolean | undefined;
}

/** How long the page may take that lets silence proceed: two minutes of attempts, in milliseconds. */
export const PAGE_PATIENCE_MS = 120_000;

/** A message to people, and its result. */
export interface Delivery {
  readonly step: string;
  readonly by: Means;
  readonly whom: string;
  /** The people whom it was for, by name. Absent: it was recorded before names were. */
  readonly people?: readonly string[] | undefined;
  readonly delivered: boolean;
  readonly detail: string;
  /** The message was not part of the route, so its delivery does not count as asking people. */
  readonly aside?: true | undefined;
  /** As in the step of the route. */
  readonly to?: string | undefined;
  /** The channel's id of the message, with which the message can be updated. */
  readonly ref?: string | undefined;
}
