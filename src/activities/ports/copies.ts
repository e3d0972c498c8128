/** A place that keeps checkpoints for an auditor. It looks at nothing and cosigns nothing, so it is no witness. */
export interface CopyKeeper {
  /** Names the place, for example `file /mnt/worm/checkpoints`. */
  readonly place: string;
  /** How long to wait after one copy until the next, in milliseconds. */
  readonly everyMs: number;
  /** Keeps a copy. Never throws. @param note with the cosignatures that it has so far */
  keep(copy: { readonly size: number; readonly note: string }): Promise<Kept>;
}

export type Kept =
  | { readonly kind: 'kept'; readonly detail: string }
  | { readonly kind: 'failed'; readonly reason: string };

/** Which checkpoint each place has. Each method throws when the store is unreachable. */
export interface CopyRecords {
  /** The newest one that was copied there, and when, in milliseconds since the epoch. Undefined: none was. */
  last(place: string): Promise<{ readonly size: number; readonly at: number } | undefined>;
  kept(place: string, size: number, at: number): Promise<void>;
}
