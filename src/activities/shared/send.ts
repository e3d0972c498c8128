import type { Plan } from '../../domain/action/action.ts';
import type { EffectResult, Executor } from '../ports/executor.ts';

export type Executors = Readonly<Record<Plan['executor'], Executor>>;

/** `there` is the effect; `back` is its rollback. */
export type EffectWay = 'there' | 'back';

export interface Sending {
  readonly way: EffectWay;
  readonly actionId: string;
  /** The token of the lease on the target. */
  readonly fencingToken: number;
}

/** Sends a plan. A rollback has a newer token than the effect, so that a late request of the effect is refused. */
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

/** Whether a plan may run only once. INVARIANT 8: a program, or a tool, need not recognise a key that it was given before. */
export const runsOnce = (plan: Plan): boolean =>
  plan.executor === 'mcp' || (plan.executor === 'command' && !plan.repeatable);

export const BEGUN_BEFORE: EffectResult = {
  kind: 'unknown',
  reason: 'an earlier attempt may have run it, and it is not run a second time',
};
