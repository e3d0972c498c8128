import type { EntryKind, ReadEntry } from '../../domain/ledger/ledger.ts';

/** A fact to record. `body` is any JSON value. */
export interface Fact {
  /** Names the fact: written twice, it is one entry. */
  readonly eventId: string;
  readonly actionId: string;
  readonly kind: EntryKind;
  readonly at: number;
  readonly body: unknown;
}

/** The append-only record. `append` resolves once the fact is durable, and throws when the store is unreachable. */
export interface Ledger {
  append(fact: Fact): Promise<void>;
  /** Also those that cannot be read: who leaves them out may only become stricter by it. */
  entriesOf(actionId: string): Promise<ReadEntry[]>;
}
