import type { html } from 'hono/html';
import type { ReadEntry } from '../../domain/ledger/ledger.ts';
import type { ActionState, ReviewState } from '../../domain/record/action-state.ts';
import type { Json } from '../../domain/shared/json.ts';
import type {
  ActionFilter,
  Dashboard,
  DecidedAction,
  DueReview,
  ListedAction,
  Paged,
  PendingAction,
} from '../ports/read-model.ts';

/** What a page is: escaped text and our own markup. Given to `c.html`. */
export type Markup = ReturnType<typeof html>;

/** What every page has around it. */
export interface Frame {
  /** Milliseconds since the epoch: what "in 4 minutes" is counted from. */
  readonly now: number;
  /** Absent: nobody is signed in, and nothing but the sign-in and errors is shown. */
  readonly person?: { readonly name: string; readonly displayName: string } | undefined;
  /** Goes into every form as `csrf`. */
  readonly csrf?: string | undefined;
  /** Anybody may sign in as anybody: said on every page. */
  readonly devSignIn?: boolean | undefined;
  /** What the form before this page did. */
  readonly notice?: { readonly kind: 'done' | 'refused'; readonly text: string } | undefined;
  /**
   * Server-sent events. On each one of them the page asks for itself again, and shows what is new in it. Absent: the page
   * stands still.
   */
  readonly events?: string | undefined;
}

export interface SignInData {
  readonly frame: Frame;
  /** Path to go to afterwards. */
  readonly next: string;
  /** Where the sign-in at the OpenID provider begins (POST). Absent: there is none. */
  readonly provider?: string | undefined;
  /** People to pick from, on one machine alone (POST `person` to `devSignIn.path`). */
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
  /** Whether it begins where the list does: if not, a link leads back there. */
  readonly first: boolean;
}

export type PendingData = ListData<PendingAction>;
export type DecidedData = ListData<DecidedAction>;
export type ReviewsData = ListData<DueReview>;
export type ActionsData = ListData<ListedAction> & { readonly filter: ActionFilter };

/** The whole of one action, from its workflow or, when that is gone, from the ledger. */
export interface ActionData {
  readonly frame: Frame;
  readonly state: ActionState;
  /** Values that are in force now, by parameter, where they are known: shown as old -> new. */
  readonly current?: { readonly [parameter: string]: Json } | undefined;
  /** Its objective in percent. Absent: nobody stated one. */
  readonly slo?: number | undefined;
  /** What this person may do now, as the rights are read now. */
  readonly may: May;
  /** Decisions on this action need a proof that the person is there. Absent: they do not, or nobody is asked. */
  readonly stepUp?: { readonly passkey: boolean; readonly totp: boolean } | undefined;
  /** What this person can prove themselves with: breaking the glass asks for it whatever the tier. */
  readonly factors?: { readonly passkey: boolean; readonly totp: boolean } | undefined;
  /** The form that was refused a moment ago, to be mended and not typed once more. */
  readonly typed?: Readonly<Record<string, unknown>> | undefined;
  /** Where it was run without a person's approval. */
  readonly review?: ReviewState | undefined;
  readonly entries: readonly ReadEntry[];
  /** The workflow in Temporal's UI. */
  readonly temporalUrl?: string | undefined;
}

/** What a person may do with an action. Where it is absent, no form for it is shown. */
export interface May {
  readonly approve?: boolean | undefined;
  readonly deny?: boolean | undefined;
  readonly edit?: boolean | undefined;
  readonly ask?: boolean | undefined;
  /** Says that they are looking at it, which holds the next step of the route once. */
  readonly acknowledge?: boolean | undefined;
  readonly withdraw?: boolean | undefined;
  readonly revoke?: boolean | undefined;
  readonly breakGlass?: boolean | undefined;
  readonly review?: boolean | undefined;
  /** Takes the request back: theirs is the side that asked. */
  readonly cancel?: boolean | undefined;
  /** Why not, where they may not decide. */
  readonly whyNot?: string | undefined;
}

export interface DashboardData {
  readonly frame: Frame;
  readonly dashboard: Dashboard;
}

export interface ErrorData {
  readonly frame: Frame;
  /** Of HTTP. */
  readonly status: number;
  readonly title: string;
  readonly detail?: string | undefined;
  /** Where one signs in, where nobody is. */
  readonly signIn?: string | undefined;
}
