import type { WhatDecided } from '../../domain/advice/advice.ts';
import type { FindingKind } from '../../domain/findings/finding.ts';

/**
 * How people looked at what they were asked. It is kept for the team: nobody is shown another person's. All methods throw when the
 * store is unreachable.
 */
export interface Looks {
  /**
   * A person opened the page of an action that they are asked about. Only the first time counts.
   *
   * @param found the kinds of findings that the page shows; those that it shows later, after an edit, are added
   */
  opened(actionId: string, person: string, at: number, found: readonly FindingKind[]): Promise<void>;
  /** A person who opened the page followed a finding to the words or the fact that it is about. */
  followed(actionId: string, person: string, kind: FindingKind): Promise<void>;
  /** A person who opened the page approved past findings of these kinds. */
  approvedPast(actionId: string, person: string, kinds: readonly FindingKind[]): Promise<void>;
  /** Whether this person opened the page, and has not said what decided their answer. */
  isUnanswered(actionId: string, person: string): Promise<boolean>;
  /** What a person said decided their answer. */
  decided(actionId: string, person: string, what: WhatDecided): Promise<void>;
  /** Forgets what is older. @param openedBefore milliseconds since the epoch */
  sweep(openedBefore: number): Promise<void>;
}

/** How long looks are kept, in milliseconds. */
export const LOOKS_KEPT_MS = 90 * 24 * 3_600_000;
