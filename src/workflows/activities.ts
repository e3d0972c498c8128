import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/**
 * Our own rules and our own database: fast, and repeatable by event id, so they run as local activities. They retry
 * until the database is back: a fact that is not recorded is a step that has not happened.
 */
export const { assess, rule, admit, close, record } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** The two that change production. The timeout is the action type's own; the idempotency key makes repeats safe. */
export const { execute, rollBack } = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '15s', maximumAttempts: 6 },
});

/** Sources report what they cannot read; only a lost worker makes one of these fail. */
export const { measure, takeBaseline } = proxyActivities<Activities>({
  startToCloseTimeout: '15s',
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
});

/** A message is worth some patience, but never holds up the clock of an escalation. */
export const { notify, resolvePage } = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  scheduleToCloseTimeout: '10m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});
