import type { EntryKind, LedgerEntry } from '../domain/ledger.ts';

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
  entriesOf(actionId: string): Promise<LedgerEntry[]>;
}
