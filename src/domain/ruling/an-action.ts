import type { Action, ServiceTier } from '../action/action.ts';
import type { ActionType } from '../installation/installation.ts';

const NOTHING = { executor: 'command', argv: ['true'], timeoutMs: 0 } as const;

/** Returns some action of a type. Only the members that rulings depend on are realistic. */
export const anAction = (
  { name, rollback }: ActionType,
  target: string,
  serviceTier: ServiceTier,
  environment: string,
): Action => ({
  id: 'any',
  type: name,
  title: 'any',
  target,
  serviceTier,
  environment,
  params: {},
  agent: { id: 'any', version: 'any', owner: 'any' },
  execute: NOTHING,
  ...(rollback ? { rollback: NOTHING } : {}),
});
