import type { EntryKind, ReadEntry } from '../../domain/ledger/ledger.ts';

/** A fact to record. `body` is any JSON value. */
export interface Fact {
  /** Names the fact. A fact that is written twice is one entry. */
  readonly eventId: string;
  readonly actionId: string;
  readonly kind: EntryKind;
  readonly at: number;
  readonly body: unknown;
}

/** The append-only record. `append` resolves once the fact is durable, and throws when the store is unreachable. */
export interface Ledger {
  append(fact: Fact): Promise<void>;
  /** All entries about an action, the unreadable ones too. A caller that leaves those out must only become stricter by it. */
  entriesOf(actionId: string): Promise<readonly ReadEntry[]>;
}
