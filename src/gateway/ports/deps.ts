import type { Countersign } from '../../client/index.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import type { Head, ReadEntry } from '../../domain/ledger/ledger.ts';
import type { GatewayKeys } from '../../keys/key-file.ts';
import type { Changes } from './changes.ts';
import type { Factors } from './factors.ts';
import type { Limiter } from './limiter.ts';
import type { ReadModel } from './read-model.ts';
import type { Session, SessionLimits, Sessions } from './sessions.ts';

/** Reads the ledger; `PostgresLedger` is one. */
export interface LedgerReader {
  entriesOf(actionId: string): Promise<ReadEntry[]>;
  all(from?: number, limit?: number): AsyncGenerator<ReadEntry, void>;
  head(): Promise<Head>;
}

/** Keeps what people signed. `full`: this person has said too much about it. */
export interface Statements {
  keep(
    statement: { readonly workflowId: string; readonly person: string; readonly jws: string },
    at: number,
  ): Promise<'kept' | 'full'>;
}

/** What the gateway is put together of. */
export interface GatewayDeps {
  /** The address that people use, without a path: `https://approvals.example.com`. */
  readonly origin: string;
  /** As loaded last: who has left the catalog since is nobody here. */
  readonly installation: () => Installation;
  readonly countersign: Countersign;
  readonly ledger: LedgerReader;
  /** What people signed, for every step that rests on it. */
  readonly handedIn: Statements;
  readonly lists: ReadModel;
  readonly limiter: Limiter;
  /** How many proxies of ours add to `X-Forwarded-For`. */
  readonly proxies: number;
  readonly sessions: Sessions;
  readonly factors: Factors;
  readonly changes: Changes;
  readonly keys: GatewayKeys;
  readonly limits: SessionLimits;
  /** Absent where there is only the development sign-in. */
  readonly provider?: Provider | undefined;
  /** An email counts as verified of which the provider does not say whether it is. */
  readonly emailAssumed: boolean;
  /** Anybody may pick a person: for one machine alone. */
  readonly devSignIn: boolean;
  /** Where Temporal's UI shows workflows: `<uiUrl>/<workflow id>`. */
  readonly uiUrl?: string | undefined;
  /** `GET /metrics` needs it as a bearer token. Absent: only whoever reaches us directly is answered. */
  readonly metricsToken?: string | undefined;
  /** Why the gateway cannot do its work now; empty when it can. */
  readonly check: () => Promise<readonly string[]>;
  readonly now: () => number;
  readonly report: (error: unknown) => void;
}

/** An OpenID provider. */
export interface Provider {
  /** Where the browser is sent, and what has to be kept until it is back. */
  begin(again: boolean): Promise<{ readonly url: URL; readonly kept: Kept }>;
  /** @throws Error when the answer is not one to our question */
  finish(answer: URL, kept: Kept): Promise<{ readonly claims: ProvedClaims; readonly provedAt?: number }>;
}

export interface Kept {
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly again: boolean;
}

/** What an OpenID provider says of whoever signed in. */
export interface ProvedClaims {
  readonly sub: string;
  readonly email?: unknown;
  readonly email_verified?: unknown;
}

/** Who asks, once it is known. */
export interface SignedIn {
  readonly person: string;
  readonly displayName: string;
  readonly session: Session;
  /** For forms and for the header `X-CSRF-Token`. */
  readonly csrf: string;
}

export interface GatewayEnv {
  Variables: { signedIn?: SignedIn };
}
