import type { Action, Severity } from './action.ts';
import type { ActionType } from './installation.ts';
import type { PastAction } from './past-action.ts';

/** So many rollbacks in a row make a record. */
const RECORD = 3;
/** Milliseconds. A rollback is fast up to here ... */
const FAST_MS = 60_000;
/** ... and slow from here on. */
const SLOW_MS = 15 * 60_000;

export interface RollbackDifficulty {
  readonly difficulty: Severity;
  readonly reasons: readonly string[];
}

/**
 * How hard an action is to take back, from what happened before: the last three rollbacks of this action type on this
 * target in this environment.
 * - 0: all three worked, each within a minute
 * - 1: those there were worked, each within a quarter of an hour
 * - 2: one took longer or was not timed, or there was none yet
 * - 3: one of them failed; or the action migrates data, whatever its record
 * - 4: it has no rollback; or it migrates data and one failed
 */
export function rollbackDifficultyOf(
  action: Action,
  { dataMigration = false }: Pick<ActionType, 'dataMigration'>,
  past: readonly PastAction[],
): RollbackDifficulty {
  if (!action.rollback) return { difficulty: 4, reasons: ['it has no rollback'] };
  const { difficulty, why } = byRecord(attemptsOf(action, past));
  const reasons = ['its rollback is part of the action', `${why} on ${action.target}`];
  if (!dataMigration) return { difficulty, reasons };
  return {
    difficulty: difficulty === 3 ? 4 : 3,
    reasons: [...reasons, 'it migrates data: what is written in the new form may be lost with it'],
  };
}

/** Milliseconds that it took, or that it failed. */
type Attempt = number | 'failed';

function attemptsOf({ id, type, target, environment }: Action, past: readonly PastAction[]): Attempt[] {
  const same = past.filter(
    (other) =>
      other.actionId !== id &&
      other.actionType === type &&
      other.target === target &&
      other.environment === environment,
  );
  const closed = same.flatMap((other) => other.closed ?? []).sort((a, b) => b.at - a.at);
  const attempts = closed.flatMap(({ outcome, rollbackMs }): Attempt[] => {
    if (outcome === 'rollbackFailed') return ['failed'];
    if (rollbackMs !== undefined) return [rollbackMs];
    // It worked, and nobody knows how long it took.
    return outcome === 'rolledBack' ? [Number.POSITIVE_INFINITY] : [];
  });
  return attempts.slice(0, RECORD);
}

function byRecord(attempts: readonly Attempt[]): { difficulty: Severity; why: string } {
  const times = attempts.filter((attempt) => attempt !== 'failed');
  const failed = attempts.length - times.length;
  const last = attempts.length === 1 ? 'its last rollback' : `its last ${attempts.length} rollbacks`;
  if (attempts.length === 0) return { difficulty: 2, why: 'no rollback of it has ever run' };
  if (failed > 0) return { difficulty: 3, why: `${failed} of ${last} failed` };
  const slowest = Math.max(...times);
  const took = Number.isFinite(slowest) ? `at most ${Math.ceil(slowest / 1_000)} s` : 'an unknown time';
  const why = `${last} worked and took ${took}`;
  if (slowest >= SLOW_MS) return { difficulty: 2, why };
  return { difficulty: slowest <= FAST_MS && attempts.length === RECORD ? 0 : 1, why };
}
