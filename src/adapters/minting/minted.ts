/** A credential for one attempt. It is never logged, recorded or shown. */
export interface Minted {
  /** Sent as `Authorization: Bearer`. Absent: it has none. */
  readonly token?: string | undefined;
  /** What programs find, by the name of the variable. */
  readonly variables: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. Absent: the source does not say. */
  readonly expiresAt?: number | undefined;
  /** Ends it. Absent: it ends by itself. @throws Unmintable */
  readonly revoke?: ((timeoutMs: number) => Promise<void>) | undefined;
}

/** For whom a credential is minted. All of it is in the ledger. */
export interface MintedFor {
  readonly actionId: string;
  readonly environment: string;
  readonly approvedBy: readonly string[];
  /** The name that the systems' own logs see, with the action and who approved it. */
  readonly session: string;
}

/** Asks a source for a credential. @throws Unmintable */
export type Mint = (mintedFor: MintedFor, timeoutMs: number) => Promise<Minted>;

/** A source gave no credential. Its message never contains a secret, and nothing that a source wrote besides its status. */
export class Unmintable extends Error {}

/** A token as a header may carry it. */
export const isHeaderText = (text: string) => /^[!-~]+$/.test(text);
