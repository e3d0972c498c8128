import { EXECUTORS } from '../../domain/action/abilities.ts';
import type { Plan } from '../../domain/action/action.ts';
import type { Preview } from '../../domain/action/preview.ts';
import type { Authority } from '../../domain/action/session-name.ts';
import type { BegunJob, Effect, EffectResult, Executor, Progress } from '../ports/executor.ts';

export type Executors = Readonly<Record<Plan['executor'], Executor>>;

/** One executor in the place of every one. */
export const inEveryPlace = (executor: Executor): Executors =>
  Object.fromEntries(EXECUTORS.map((name) => [name, executor])) as Executors;

/** `there` is the effect; `back` is its rollback. */
export type EffectWay = 'there' | 'back';

export interface Sending {
  readonly way: EffectWay;
  readonly actionId: string;
  /** The token of the lease on the target. */
  readonly fencingToken: number;
  /** What people saw, or what the effect was to change that is taken back. Absent: nothing previewed it. */
  readonly preview?: Preview | undefined;
  /** For whom a credential is minted. Absent: none can be minted. */
  readonly authority?: Authority | undefined;
  /** The job that an earlier attempt began. Absent: none did. */
  readonly job?: BegunJob | undefined;
}

/** Sends a plan, and verifies the effect where its executor can. A rollback has a newer token than the effect, so that a late request of the effect is refused. */
export async function send(
  executors: Executors,
  plan: Plan,
  { way, actionId, fencingToken, preview, authority, job }: Sending,
  progress?: Progress,
): Promise<EffectResult> {
  const executor = executors[plan.executor];
  const effect: Effect = {
    plan,
    actionId,
    idempotencyKey: way === 'there' ? actionId : `${actionId}/rollback`,
    fencingToken: way === 'there' ? fencingToken : fencingToken + 1,
    ...(preview ? { preview } : {}),
    ...(authority ? { authority } : {}),
    ...(job ? { job } : {}),
  };
  const result = await executor.run(effect, progress);
  if (result.kind !== 'done' || !executor.verify) return result;
  const verified = await executor.verify(effect);
  switch (verified.kind) {
    case 'verified':
      return { kind: 'done', summary: `${result.summary}; ${verified.summary}` };
    case 'notSo':
      return { kind: 'unknown', reason: `it was sent, and it is not so: ${verified.reason}`, isFinal: true };
    case 'unknown':
      return {
        kind: 'unknown',
        reason: `it was sent, and it is not known whether it is so: ${verified.reason}`,
      };
  }
}

export const NO_ROLLBACK: EffectResult = { kind: 'refused', reason: 'it has no rollback' };

/**
 * Whether a plan may run only once. INVARIANT 8: a program, a tool, or what begins a job, need not recognise a key that it was given
 * before. An apply whose worker was lost may still be under way, and not every state can be locked.
 */
export const runsOnce = (plan: Plan): boolean =>
  plan.executor === 'mcp' ||
  plan.executor === 'terraform' ||
  plan.executor === 'github' ||
  ((plan.executor === 'command' || plan.executor === 'job') && !plan.repeatable);

export const BEGUN_BEFORE: EffectResult = {
  kind: 'unknown',
  reason: 'an earlier attempt may have run it, and it is not run a second time',
};
