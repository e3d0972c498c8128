import { type Accuracy, accuracyOf } from '../domain/learning/accuracy.ts';
import type { WatchedActions } from './ports/watched-actions.ts';

export interface AccuracyDeps {
  readonly watchedActions: WatchedActions;
  readonly now: () => number;
}

export interface AccuracyQuestion {
  /** How far back to look, in milliseconds. */
  readonly withinMs: number;
}

export function createAccuracy({ watchedActions, now }: AccuracyDeps) {
  return {
    /** How right watches and risk scores were, by action type and target. Changes nothing. */
    accuracy: async ({ withinMs }: AccuracyQuestion): Promise<Accuracy[]> =>
      accuracyOf(await watchedActions.since(now() - withinMs)),
  };
}
