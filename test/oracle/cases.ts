import { fileURLToPath } from 'node:url';

export const CASES_FILE = fileURLToPath(new URL('./cases.json', import.meta.url));
export const EXPECTED_FILE = fileURLToPath(new URL('./expected.json', import.meta.url));

export interface EvidenceCase {
  /** Bad events, all events, and the same of the baseline. */
  readonly pairs: readonly (readonly [bad: number, of: number, badBefore: number, ofBefore: number])[];
  readonly ratio: number;
  readonly negligible: number;
}

export interface ShiftCase {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly alpha: number;
}

export interface Cases {
  readonly evidence: readonly EvidenceCase[];
  readonly shift: readonly ShiftCase[];
}

/** What is right, case by case. Null: there is no bound. */
export interface Expected {
  readonly evidence: readonly {
    readonly worse: number;
    readonly notWorse: number;
    readonly atLeast: number | null;
    readonly atMost: number | null;
  }[];
  readonly shift: readonly (
    | { readonly estimate: number; readonly atLeast: number; readonly atMost: number }
    | { readonly needed: number }
  )[];
}
