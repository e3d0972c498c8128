import type { Plan } from './action.ts';

/** What an executor can do for a plan besides having its effect. What it cannot do is told to people, never assumed. */
export interface Abilities {
  /** It says before the ruling what the plan would change. */
  readonly previews: boolean;
  /** It asks the system afterwards whether it is so. */
  readonly verifies: boolean;
  /** It finds out whether an effect is there of which nobody knows whether it ran. */
  readonly looksUp: boolean;
  /** It puts back what was there before, without a rollback that operators wrote. */
  readonly undoes: boolean;
}

const NONE: Abilities = { previews: false, verifies: false, looksUp: false, undoes: false };

/** All executors. */
export const EXECUTORS = [
  'http',
  'command',
  'sql',
  'flag',
  'github',
  'mcp',
] as const satisfies readonly Plan['executor'][];

/** Returns what the executor of a plan can do for it. */
export function abilitiesOf(plan: Pick<Plan, 'executor'>): Abilities {
  switch (plan.executor) {
    case 'sql':
      return { previews: true, verifies: true, looksUp: true, undoes: false };
    case 'flag':
    case 'github':
      return { previews: true, verifies: true, looksUp: true, undoes: true };
    case 'http':
    case 'command':
    case 'mcp':
      return NONE;
  }
}
