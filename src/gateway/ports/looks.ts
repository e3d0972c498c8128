import type { WhatDecided } from '../../domain/advice/advice.ts';

/**
 * How people looked at what they were asked. It is kept for the team: nobody is shown another person's. All methods throw when the
 * store is unreachable.
 */
export interface Looks {
  /** A person opened the page of an action that they are asked about. Only the first time counts. */
  opened(actionId: string, person: string, at: number): Promise<void>;
  /** Whether this person opened the page, and has not said what decided their answer. */
  isUnanswered(actionId: string, person: string): Promise<boolean>;
  /** What a person said decided their answer. */
  decided(actionId: string, person: string, what: WhatDecided): Promise<void>;
  /** Forgets what is older. @param openedBefore milliseconds since the epoch */
  sweep(openedBefore: number): Promise<void>;
}

/** How long looks are kept, in milliseconds. */
export const LOOKS_KEPT_MS = 90 * 24 * 3_600_000;
