import type { CommandPlan, Plan } from './action.ts';

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
  'job',
  'sql',
  'flag',
  'github',
  'mcp',
  'terraform',
] as const satisfies readonly Plan['executor'][];

/** Returns what the executor of a plan can do for it. */
export function abilitiesOf(
  plan:
    | { readonly executor: Exclude<Plan['executor'], 'command'> }
    | Pick<CommandPlan, 'executor' | 'preview'>,
): Abilities {
  switch (plan.executor) {
    case 'sql':
      return { previews: true, verifies: true, looksUp: true, undoes: false };
    case 'flag':
    case 'github':
      return { previews: true, verifies: true, looksUp: true, undoes: true };
    case 'http':
    case 'mcp':
      return NONE;
    case 'job':
      return { ...NONE, looksUp: true };
    case 'command':
      return { ...NONE, previews: plan.preview !== undefined };
    case 'terraform':
      return { previews: true, verifies: true, looksUp: true, undoes: false };
  }
}
