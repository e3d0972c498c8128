import type { AgentBuild } from './action.ts';

/**
 * The agent by whose name Countersign itself asks, for a person. No agent of a catalog may have this name. The version is that of the rules by
 * which a wish becomes an action.
 */
export const OURSELVES = { id: 'countersign', version: '1' } as const satisfies AgentBuild;

/** A person's wish to take an action back, as it is recorded with that action. */
export interface TakeBack {
  /** The id of the action that takes it back. */
  readonly by: string;
  readonly person: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
