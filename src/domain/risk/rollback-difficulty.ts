import type { Action, Severity } from '../action/action.ts';
import { needsALook } from '../action/outcome.ts';
import type { ActionType } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { whyNotUndone } from './known-good.ts';
import type { ParameterChange } from './parameter-change.ts';

/** The number of later successes that outweighs one failure. More failures never improve a record. */
const OUTWEIGHED_BY = 10;
/** The length from which a rollback is slow, in milliseconds. The cost of an action of difficulty 2 assumes one hour. */
const SLOW_MS = 3_600_000;

export interface RollbackDifficulty {
  readonly difficulty: Severity;
  /** How many of its runs went wrong and are not outweighed yet. */
  readonly wentWrong: number;
  readonly reasons: readonly string[];
}

/**
 * Judges how hard an action is to take back, from its kind and from the record of this action type on this target in this environment. The
 * record can only raise the result: that an action had to be taken back, however fast, makes nothing safer.
 * - 2: it has a rollback, and nothing on record is against it
 * - 3: one on record failed, took an hour or more, or was not timed; or the action migrates data
 * - 4: it has no rollback, or one that leads to what is not known to be good; or it migrates data and one failed, was slow or was not timed
 */
export function rollbackDifficultyOf(
  action: Action,
  { dataMigration = false }: Pick<ActionType, 'dataMigration'>,
  past: readonly PastAction[],
  changes: readonly ParameterChange[] = [],
): RollbackDifficulty {
  const runs = runsOf(action, past);
  const wentWrong = runs.length;
  const record = wentWrong === 0 ? [] : [wentWrongText(wentWrong, action)];
  const notUndone = whyNotUndone(action, changes);
  if (notUndone !== undefined) return { difficulty: 4, wentWrong, reasons: [notUndone, ...record] };
  const { isBad, why } = ofRollbacks(runs.flatMap(({ rollback }) => rollback ?? []));
  const reasons = ['its rollback is part of the action', `${why} on ${action.target}`, ...record];
  const difficulty = difficultyWith({ dataMigration, isBad });
  if (!dataMigration) return { difficulty, wentWrong, reasons };
  return {
    difficulty,
    wentWrong,
    reasons: [...reasons, 'it migrates data: what is written in the new form may be lost with it'],
  };
}

/** How hard it is to take back what has a rollback to a state that is known to be good. @param isBad what its record says of rollbacks */
export const difficultyWith = ({
  dataMigration,
  isBad,
}: {
  readonly dataMigration: boolean;
  readonly isBad: boolean;
}): Severity => (dataMigration ? (isBad ? 4 : 3) : isBad ? 3 : 2);

/** The time that a rollback took, in milliseconds, or that it failed. */
type Rollback = number | 'failed';

/** Returns the runs that went wrong, the latest first. */
function runsOf(
  { id, type, target, environment }: Action,
  past: readonly PastAction[],
): { readonly rollback: Rollback | undefined }[] {
  const endings = past
    .filter(
      (pastAction) =>
        pastAction.actionId !== id &&
        pastAction.actionType === type &&
        pastAction.target === target &&
        pastAction.environment === environment,
    )
    .flatMap((pastAction) => pastAction.closed ?? [])
    .sort((a, b) => b.at - a.at);
  const tenth = endings.filter(({ outcome }) => outcome === 'succeeded')[OUTWEIGHED_BY - 1];
  return endings
    .filter(({ at }) => tenth === undefined || at >= tenth.at)
    .flatMap((ending) => {
      const rollback = rollbackIn(ending);
      return rollback !== undefined || ending.outcome === 'failed' ? [{ rollback }] : [];
    });
}

function rollbackIn({ outcome, rollbackMs }: NonNullable<PastAction['closed']>): Rollback | undefined {
  if (needsALook(outcome)) return 'failed';
  // The rollback worked, but the record may not say how long it took.
  return rollbackMs ?? (outcome === 'rolledBack' ? Number.POSITIVE_INFINITY : undefined);
}

function ofRollbacks(rollbacks: readonly Rollback[]): { isBad: boolean; why: string } {
  const times = rollbacks.filter((rollback) => rollback !== 'failed');
  const failedCount = rollbacks.length - times.length;
  const rollbacksText =
    rollbacks.length === 1 ? 'its last rollback' : `its last ${rollbacks.length} rollbacks`;
  if (rollbacks.length === 0) return { isBad: false, why: 'no rollback of it ran lately' };
  if (failedCount > 0) return { isBad: true, why: `${failedCount} of ${rollbacksText} failed` };
  const slowest = Math.max(...times);
  const durationText = Number.isFinite(slowest)
    ? `at most ${Math.ceil(slowest / 1_000)} s`
    : 'an unknown time';
  return { isBad: slowest >= SLOW_MS, why: `${rollbacksText} worked and took ${durationText}` };
}

const wentWrongText = (count: number, { type, target }: Action) =>
  `${type} on ${target} went wrong ${count === 1 ? 'once' : `${count} times`}: it failed or was taken back, and ${OUTWEIGHED_BY} that succeed outweigh that`;
