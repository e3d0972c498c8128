import type { Plan } from '../../domain/action/action.ts';
import type { BegunJob, EffectResult, Executor, Progress } from '../ports/executor.ts';

export type Executors = Readonly<Record<Plan['executor'], Executor>>;

/** `there` is the effect; `back` is its rollback. */
export type EffectWay = 'there' | 'back';

export interface Sending {
  readonly way: EffectWay;
  readonly actionId: string;
  /** The token of the lease on the target. */
  readonly fencingToken: number;
  /** The job that an earlier attempt began. Absent: none did. */
  readonly job?: BegunJob | undefined;
}

/** Sends a plan. A rollback has a newer token than the effect, so that a late request of the effect is refused. */
export const send = (
  executors: Executors,
  plan: Plan,
  { way, actionId, fencingToken, job }: Sending,
  progress?: Progress,
): Promise<EffectResult> =>
  executors[plan.executor].run(
    {
      plan,
      actionId,
      idempotencyKey: way === 'there' ? actionId : `${actionId}/rollback`,
      fencingToken: way === 'there' ? fencingToken : fencingToken + 1,
      job,
    },
    progress,
  );

export const NO_ROLLBACK: EffectResult = { kind: 'refused', reason: 'it has no rollback' };

/**
 * Whether a plan may run only once. INVARIANT 8: a program, a tool, or what begins a job, need not recognise a key that it was given
 * before.
 */
export const runsOnce = (plan: Plan): boolean =>
  plan.executor === 'mcp' || ((plan.executor === 'command' || plan.executor === 'job') && !plan.repeatable);

export const BEGUN_BEFORE: EffectResult = {
  kind: 'unknown',
  reason: 'an earlier attempt may have run it, and it is not run a second time',
};
