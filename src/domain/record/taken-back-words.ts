import type { Progress } from '../analysis/analysis-verdict.ts';

/** What is said of a rollback that worked, after the reason for it. */
export const METRICS_ARE_BACK = 'it was taken back, and its metrics are back';

/** The same, where nothing is watched for the action type. */
export const NOTHING_MEASURED = 'it was taken back, and nothing was measured afterwards';

/** The same, where nobody knows whether the metrics are back. */
export const whyUnverified = (recovery: Exclude<Progress, { kind: 'healthy' }>): string =>
  recovery.kind === 'pending'
    ? 'it was taken back, and whether its metrics are back was not measured to the end'
    : `it was taken back, and its metrics are not back: ${recovery.reason}`;
