import type { WatchedAction } from '../../../src/domain/learning/accuracy.ts';

const MINUTE = 60_000;

let made = 0;

/** A deployment that ran, was watched for six seconds, and succeeded. */
export const watched = (changes: Partial<WatchedAction> = {}): WatchedAction => {
  made += 1;
  return {
    actionId: `deploy.${made}`,
    actionType: 'version.deploy',
    target: 'checkout',
    risk: 40,
    ranAt: 1_000 * MINUTE,
    closedAt: 1_000 * MINUTE + 6_000,
    outcome: 'succeeded',
    verdict: 'healthy',
    ...changes,
  };
};

/** One that a person reported as regressed so long after it ran. */
export const missed = (afterMs: number, changes: Partial<WatchedAction> = {}) =>
  watched({ reported: { found: 'regressed', at: 1_000 * MINUTE + afterMs }, ...changes });

/** One that its watch found and that was rolled back. */
export const found = (afterMs: number, changes: Partial<WatchedAction> = {}) =>
  watched({
    outcome: 'rolledBack',
    verdict: 'regressed',
    reason: 'error-ratio failed once: error-ratio is 0.2',
    rollbackBeganAt: 1_000 * MINUTE + afterMs,
    ...changes,
  });

/** One whose rollback a person reported as wrong. */
export const wrongly = (changes: Partial<WatchedAction> = {}) =>
  found(10_000, { reported: { found: 'rollbackWrong', at: 1_010 * MINUTE }, ...changes });

export const many = (count: number) => Array.from({ length: count }, () => watched());
