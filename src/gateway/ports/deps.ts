import type { Countersign } from '../../client/index.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import type { Head, ReadEntry } from '../../domain/ledger/ledger.ts';
import type { GatewayKeys } from '../../keys/key-file.ts';
import type { AlertDeps } from './alerts.ts';
import type { Changes } from './changes.ts';
import type { Factors } from './factors.ts';
import type { Limiter } from './limiter.ts';
import type { LogFiles } from './log-files.ts';
import type { Looks } from './looks.ts';
import type { ReadModel } from './read-model.ts';
import type { Session, SessionLimits, Sessions } from './sessions.ts';

/** Reads the ledger; `PostgresLedger` is one. */
export interface LedgerReader {
  entriesOf(actionId: string): Promise<readonly ReadEntry[]>;
  all(from?: number, limit?: number): AsyncGenerator<ReadEntry, void>;
  head(): Promise<Head>;
}

/** Keeps what people signed. `full`: this person has said too much about this workflow. */
export interface Statements {
  keep(
    statement: { readonly workflowId: string; readonly person: string; readonly jws: string },
    at: number,
  ): Promise<'kept' | 'full'>;
}

/** Everything that the gateway is built from. */
export interface GatewayDeps {
  /** The address that people use, without a path: `https://approvals.example.com`. */
  readonly origin: string;
  /** The installation as loaded last. People who left the catalog since then count as nobody. */
  readonly installation: () => Installation;
  readonly countersign: Countersign;
  readonly ledger: LedgerReader;
  readonly logFiles: LogFiles;
  /** The statements that people signed, for every step that rests on them. */
  readonly handedIn: Statements;
  readonly alerts: AlertDeps;
  readonly lists: ReadModel;
  readonly looks: Looks;
  readonly limiter: Limiter;
  /** How many proxies of ours add to `X-Forwarded-For`. */
  readonly proxies: number;
  readonly sessions: Sessions;
  readonly factors: Factors;
  readonly changes: Changes;
  readonly keys: GatewayKeys;
  readonly limits: SessionLimits;
  /** The OpenID provider. Absent where there is only the development sign-in. */
  readonly provider?: Provider | undefined;
  /** Whether an email counts as verified when the provider does not say. */
  readonly emailAssumed: boolean;
  /** Whether anybody may sign in as any person: for a single machine only. */
  readonly devSignIn: boolean;
  /** The address of Temporal's UI, which shows workflows at `<uiUrl>/<workflow id>`. */
  readonly uiUrl?: string | undefined;
  /** The bearer token for `GET /metrics`. Absent: only clients that connect directly are answered. */
  readonly metricsToken?: string | undefined;
  /** Returns why the gateway cannot do its work now; empty when it can. */
  readonly check: () => Promise<readonly string[]>;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/** An OpenID provider. */
export interface Provider {
  /** The address to send the browser to, and what to keep until it is back. */
  begin(again: boolean): Promise<{ readonly url: URL; readonly kept: Kept }>;
  /** The claims of the provider's answer. @throws Error when the answer is not one to our question */
  finish(answer: URL, kept: Kept): Promise<{ readonly claims: ProvedClaims; readonly provedAt?: number }>;
}

export interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly again: boolean;
}

/** What an OpenID provider says of the person who signed in. */
export interface ProvedClaims {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
}

/** The signed-in person of a request. */
export interface SignedIn {
  readonly person: string;
  readonly displayName: string;
  readonly session: Session;
  /** The CSRF token, for forms and for the header `X-CSRF-Token`. */
  readonly csrf: string;
}

export interface GatewayEnv {
  Variables: { signedIn?: SignedIn };
}
