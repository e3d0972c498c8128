import type { Reveal } from '../../domain/drill/drill.ts';
import type { Drilled } from '../../domain/drill/due.ts';
import type { EntryBodies } from '../../domain/record/on-record.ts';

/** The run that a drill has, and when it is asked: milliseconds since the epoch. */
export interface DrillRun {
  readonly runId: string;
  readonly idempotencyKey: string;
  readonly at: number;
}

export type Asked =
  | { readonly kind: 'asked'; readonly ruled: EntryBodies['ruled']; readonly reveal: Reveal }
  /** The case cannot be asked now. `why` is a sentence without the final period. */
  | { readonly kind: 'none'; readonly why: string };

/** The cases that drills are made of. */
export interface DrillCases {
  /** The names of the bad ones. Throws where a case cannot be read. */
  names(): Promise<readonly string[]>;
  /** Has a case ruled on by the rules of the installation, with nothing that could execute, tell people, or write to the ledger. */
  ask(name: string, run: DrillRun): Promise<Asked>;
}

/** What the ledger says of drills. All methods throw when the store is unreachable. */
export interface DrillRecords {
  /** @param since milliseconds since the epoch */
  drilled(
    since: number,
  ): Promise<Drilled & { /** All drills that there ever were. */ readonly ever: number }>;
  /** The ids of the drills that wait for an answer since before their time for it was over, in milliseconds since the epoch. */
  overdue(before: number): Promise<readonly string[]>;
}

export interface Drills {
  readonly cases: DrillCases;
  readonly records: DrillRecords;
  /** A number from 0 to 1, another one each time. */
  readonly chance: () => number;
  /** A key for a request that nothing tells from others. */
  readonly newKey: () => string;
}
