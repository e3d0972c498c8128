/**
 * What a person found after an action was over. `regressed`: it succeeded, and made something worse after all. `rollbackWrong`: it was
 * rolled back, and nothing was wrong with it.
 */
export const REPORTED = ['regressed', 'rollbackWrong'] as const;
export type Reported = (typeof REPORTED)[number];

/** What a person reported about an action that was over. */
export interface Report {
  readonly person: string;
  readonly found: Reported;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
