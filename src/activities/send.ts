import type { Plan } from '../domain/action/action.ts';
import type { EffectResult, Executor } from './ports/executor.ts';

export type Executors = Readonly<Record<Plan['executor'], Executor>>;

/** There is the effect; back is its rollback. */
export type EffectWay = 'there' | 'back';

export interface Sending {
  readonly way: EffectWay;
  readonly actionId: string;
  /** Of the lease on the target. */
  readonly fencingToken: number;
}

/** Sends a plan. Taking back has a newer token than the effect: a request of that one that comes late is refused. */
export const send = (
  executors: Executors,
  plan: Plan,
  { way, actionId, fencingToken }: Sending,
): Promise<EffectResult> =>
  executors[plan.executor].run({
    plan,
    actionId,
    idempotencyKey: way === 'there' ? actionId : `${actionId}/rollback`,
    fencingToken: way === 'there' ? fencingToken : fencingToken + 1,
  });

export const NO_ROLLBACK: EffectResult = { kind: 'refused', reason: 'it has no rollback' };

/** INVARIANT 8: a program need not know the key that it was given before. */
export const runsOnce = (plan: Plan): boolean => plan.executor === 'command' && !plan.repeatable;

export const BEGUN_BEFORE: EffectResult = {
  kind: 'unknown',
  reason: 'an earlier attempt may have run it, and it is not run a second time',
};
