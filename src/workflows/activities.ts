import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** An attempt of an ordinary activity adds nothing to the history until it is over, so it may come soon. */
const RETRY = { initialInterval: '200ms', maximumInterval: '10s' } as const;

/**
 * A local activity is part of a workflow task, which is extended by three events every few seconds for as long as it is tried
 * again. So while the database is away it is soon waited for by a timer, and for minutes.
 */
export const LOCAL_RETRY = {
  initialInterval: '200ms',
  backoffCoefficient: 2,
  maximumInterval: '2m',
} as const;
export const LOCAL_RETRY_THRESHOLD = '3s';

/**
 * Our own rules and our own database, in the workflow task itself: fast, but what they rest on need not be in the history
 * yet when they run. So they are used only before anybody decides, where making them again does no harm.
 */
export const {
  rule,
  admit: admitAtOnce,
  openReview,
} = proxyLocalActivities<Activities>({
  startToCloseTimeout: '20s',
  localRetryThreshold: LOCAL_RETRY_THRESHOLD,
  retry: LOCAL_RETRY,
});

/**
 * What the ledger says after people decided or production answered: ordinary activities, so that their input is in the
 * history before the ledger has it. A workflow task can be lost with a decision in it; a ledger entry cannot.
 * They retry until the database is back: a fact that is not recorded is a step that has not happened.
 */
export const {
  rule: ruleAgain,
  revise,
  record,
  settle,
  admit,
  close,
  concludeReview,
} = proxyActivities<Activities>({
  startToCloseTimeout: '20s',
  retry: RETRY,
});

/**
 * The two that change production. The timeout is the action type's own; the idempotency key makes repeats safe. Six
 * attempts over half a minute: past that the other side is down, and people must know.
 */
export const { execute, rollBack } = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '15s', maximumAttempts: 6 },
});

/** What a person ordered may send a rollback, which takes as long as its action type gives it. */
export const { carryOut } = proxyActivities<Activities>({ startToCloseTimeout: '10m', retry: RETRY });

/** Sources report what they cannot read; only a lost worker makes one of these fail. */
export const { measure } = proxyActivities<Activities>({
  startToCloseTimeout: '25s',
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
});

/** A message is worth some patience, but never holds up the clock of an escalation. */
export const { notify, pageRollbackFailed, remind, resolvePage, resolveReviewPage } =
  proxyActivities<Activities>({
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '10m',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
  });
