import type { html } from 'hono/html';
import type { Reported } from '../../domain/action/reported.ts';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import type { ActionState, ReviewState } from '../../domain/record/action-state.ts';
import type {
  ActionFilter,
  Dashboard,
  DecidedAction,
  DrillCounts,
  DueReview,
  ListedAction,
  Paged,
  PendingAction,
} from '../ports/read-model.ts';

/** The content of a page: escaped text and our own markup. It is given to `c.html`. */
export type Markup = ReturnType<typeof html>;

/** What is around every page. */
export interface Frame {
  /** The present time that "in 4 minutes" is counted from, in milliseconds since the epoch. */
  readonly now: number;
  /** The signed-in person. Absent: only the sign-in page and errors are shown. */
  readonly person?: { readonly name: string; readonly displayName: string } | undefined;
  /** The CSRF token that goes into every form as `csrf`. */
  readonly csrf?: string | undefined;
  /** Whether anybody may sign in as any person: every page says so. */
  readonly devSignIn?: boolean | undefined;
  /** Present: the page is of `countersign practice`, where nothing can run, and says so. */
  readonly practice?: { readonly decided: number; readonly waiting: number } | undefined;
  /** The result of the form that was sent before this page. */
  readonly notice?: { readonly kind: 'done' | 'refused'; readonly text: string } | undefined;
  /**
   * The address of server-sent events. On each event the page fetches itself again, and shows what is new. Absent: the page does
   * not update itself.
   */
  readonly events?: string | undefined;
}

export interface SignInData {
  readonly frame: Frame;
  /** The path to go to afterwards. */
  readonly next: string;
  /** Where the sign-in at the OpenID provider begins (POST). Absent: there is none. */
  readonly provider?: string | undefined;
  /** People to pick from, on a single machine only (POST `person` to `devSignIn.path`). */
  readonly devSignIn?:
    | {
        readonly path: string;
        readonly people: readonly { readonly name: string; readonly displayName: string }[];
      }
    | undefined;
}

/** One page of a list. */
export interface ListData<Item> {
  readonly frame: Frame;
  readonly list: Paged<Item>;
  /** Whether this page is the first one of the list. If not, a link leads back to the first. */
  readonly first: boolean;
}

export type PendingData = ListData<PendingAction> & {
  /** How many of the requests are drills, 0 to 1. Absent: there are no drills. */
  readonly drills?: number | undefined;
};
export type DecidedData = ListData<DecidedAction>;
export type ReviewsData = ListData<DueReview>;
export type ActionsData = ListData<ListedAction> & { readonly filter: ActionFilter };

/** Everything about one action, from its workflow or, when the workflow is gone, from the ledger. */
export interface ActionData {
  readonly frame: Frame;
  readonly state: ActionState;
  /** The objective of the target in percent. Absent: nobody stated one. */
  readonly slo?: number | undefined;
  /** What this person may do now. */
  readonly may: May;
  /** The factors for a second proof. Absent: decisions on this action need none, or nobody is asked. */
  readonly stepUp?: { readonly passkey: boolean; readonly totp: boolean } | undefined;
  /** The factors of this person. Breaking the glass asks for one at every tier. */
  readonly factors?: { readonly passkey: boolean; readonly totp: boolean } | undefined;
  /** What was typed into a form that was just refused, so that the person can correct it. */
  readonly typed?: Readonly<Record<string, unknown>> | undefined;
  /** The review, where the action ran without a person's approval. */
  readonly review?: ReviewState | undefined;
  /** Whether to ask this person, who has decided, what decided it. */
  readonly asksWhatDecided?: boolean | undefined;
  readonly entries: readonly ReadEntry[];
  /** The address of the workflow in Temporal's UI. */
  readonly temporalUrl?: string | undefined;
}

/** What a person may do with an action. For an absent member no form is shown. */
export interface May {
  readonly approve?: boolean | undefined;
  readonly deny?: boolean | undefined;
  readonly edit?: boolean | undefined;
  readonly ask?: boolean | undefined;
  /** Says that they are looking at the action, which holds back the next step of the route once. */
  readonly acknowledge?: boolean | undefined;
  readonly withdraw?: boolean | undefined;
  readonly revoke?: boolean | undefined;
  /** Keeps an effect of which the watch could not tell whether it did harm. */
  readonly keep?: boolean | undefined;
  /** Has a watch go on that could not tell. */
  readonly extend?: boolean | undefined;
  readonly breakGlass?: boolean | undefined;
  readonly review?: boolean | undefined;
  /** Cancels the request: for the requester's side. */
  readonly cancel?: boolean | undefined;
  /** Asks to have it taken back, after it succeeded. */
  readonly takeBack?: boolean | undefined;
  /** What this person can report about it now that it is over. */
  readonly report?: Reported | undefined;
  /** Why this person may not decide, where this is so. */
  readonly whyNot?: string | undefined;
}

export interface DashboardData {
  readonly frame: Frame;
  readonly dashboard: Dashboard;
  /** The drills of whoever reads the page. Absent: the installation has no drills. */
  readonly ownDrills?: DrillCounts | undefined;
}

export interface ErrorData {
  readonly frame: Frame;
  /** The HTTP status. */
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** Where to sign in, when nobody is signed in. */
  readonly signIn?: string | undefined;
}
