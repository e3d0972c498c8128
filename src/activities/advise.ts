import { type Advice, adviceOn } from '../domain/advice/advice.ts';
import type { EndedActions } from './ports/ended-actions.ts';

export interface AdviseDeps {
  readonly endedActions: EndedActions;
  readonly now: () => number;
}

export interface AdviceQuestion {
  /** How far back to look, in milliseconds. */
  readonly withinMs: number;
}

export function createAdvise({ endedActions, now }: AdviseDeps) {
  return {
    /** Which questions people could be spared, and which are missing. Changes nothing. */
    advise: async ({ withinMs }: AdviceQuestion): Promise<Advice[]> =>
      adviceOn(await endedActions.since(now() - withinMs)),
  };
}
