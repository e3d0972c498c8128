import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { PEOPLE_FIRST } from '../contract/priority.ts';

/** Retries of ordinary activities. An attempt adds nothing to the history until the activity is over, so the next may come soon. */
const RETRY = { initialInterval: '200ms', maximumInterval: '10s' } as const;

/**
 * Retries of local activities. A local activity is part of a workflow task, and a task that lasts is extended by three events every
 * few seconds. So while the database is away, a timer soon takes over the waiting, for up to minutes.
 */
export const LOCAL_RETRY = {
  initialInterval: '200ms',
  backoffCoefficient: 2,
  maximumInterval: '2m',
} as const;
export const LOCAL_RETRY_THRESHOLD = '3s';

/**
 * Our own rules and our own database, run inside the workflow task. This is fast, but the events that they rest on need not be in
 * the history yet. So they are used only where nobody decided, and doing them again does no harm.
 */
const AT_ONCE = {
  startToCloseTimeout: '20s',
  localRetryThreshold: LOCAL_RETRY_THRESHOLD,
  retry: LOCAL_RETRY,
} as const;
export const {
  admit: admitAtOnce,
  close: closeAtOnce,
  openReview,
} = proxyLocalActivities<Activities>(AT_ONCE);

/** It reads metrics twice, for the ruling and before the effect: each source may take until its own time-out. */
export const { begin } = proxyLocalActivities<Activities>({ ...AT_ONCE, startToCloseTimeout: '45s' });

/**
 * What the ledger says after people decided or production answered. These are ordinary activities, so that their input is in the
 * history before the ledger has it. A workflow task can be lost with a decision in it; a ledger entry cannot. They retry until the
 * database is back: a fact that is not recorded is a step that has not happened.
 */
const OUR_OWN = { startToCloseTimeout: '20s', retry: RETRY } as const;
export const { rule, admit, close } = proxyActivities<Activities>(OUR_OWN);
/** What people said goes before new actions. */
export const { revise, record, settle, concludeReview } = proxyActivities<Activities>({
  ...OUR_OWN,
  priority: PEOPLE_FIRST,
});

/** Asks a governed system what an action would do. It changes nothing there. */
export const { preview } = proxyActivities<Activities>({ startToCloseTimeout: '1m', retry: RETRY });

/**
 * The two activities that change production. The timeout is that of the action type; the idempotency key makes repeats safe. They
 * make six attempts over half a minute: after that the other side is down, and people must know.
 */
const PRODUCTION = {
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '15s', maximumAttempts: 6 },
} as const;
export const { execute } = proxyActivities<Activities>(PRODUCTION);
export const { rollBack } = proxyActivities<Activities>({ ...PRODUCTION, priority: PEOPLE_FIRST });

/** Carries out a person's order. The order may send a rollback, which takes as long as its action type allows. */
export const { carryOut } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  retry: RETRY,
  priority: PEOPLE_FIRST,
});

/** Signs the ledger. Some seconds of work where it is signed for the first time. */
export const { signCheckpoint } = proxyActivities<Activities>({ startToCloseTimeout: '2m', retry: RETRY });

/**
 * Sends a report. The mail server may be away for days, and the report of the next week must not wait for this one for ever. Between two attempts
 * a person may put right what is wrong.
 */
export const { sendReport } = proxyActivities<Activities>({
  startToCloseTimeout: '10m',
  scheduleToCloseTimeout: '6 days',
  retry: { initialInterval: '1s', maximumInterval: '10m' },
});
/** Rules on a case, for a drill. That a drill cannot begin is no harm, so it is not tried for long. */
export const { drawDrill, askDrill } = proxyActivities<Activities>({
  startToCloseTimeout: '1m',
  retry: { ...RETRY, maximumAttempts: 5 },
});
export const { tellDrill } = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 5 },
});
/** Somebody waits for what it says. */
export const { endDrill } = proxyActivities<Activities>({ ...OUR_OWN, priority: PEOPLE_FIRST });
/** Finds the actions that ledger, Temporal and the governed system are to agree on. */
export const { actionsToReconcile } = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  retry: RETRY,
});
/** Looks at some actions. Each look into a governed system may take 10 seconds. */
export const { reconcileActions } = proxyActivities<Activities>({ startToCloseTimeout: '10m', retry: RETRY });

/** Reads metrics. A source that cannot be read is a reported result; only a lost worker makes an attempt fail. */
const READING = {
  startToCloseTimeout: '25s',
  retry: { initialInterval: '500ms', maximumAttempts: 3 },
} as const;

/**
 * Takes a check of the watch. Reading changes nothing, and the same check is recorded once. So it runs inside the workflow task, and
 * goes by the clock of its worker. Where a check is not due by that clock, it is an ordinary activity, which goes by the clock of the
 * server.
 */
export const { measure: measureAtOnce } = proxyLocalActivities<Activities>(READING);
export const { measure } = proxyActivities<Activities>(READING);

/**
 * Looks up whether an effect is there. An answer that does not tell is asked for again a few times, because the rollback waits meanwhile. A
 * look takes 10 seconds at most (`MOST_MS` in src/config/action-types/reconcile.ts).
 */
export const { reconcile } = proxyActivities<Activities>({
  startToCloseTimeout: '25s',
  retry: { initialInterval: '2s', maximumAttempts: 3 },
  priority: PEOPLE_FIRST,
});
/** Looks whether something from outside ends the watch. Where it cannot be told now, the next check looks again. */
export const { lookOutside } = proxyLocalActivities<Activities>(READING);

/** Messages to people. They are retried for ten minutes, but never hold up the clock of an escalation. */
export const { notify, pageRollbackFailed, remind, resolvePage, resolveReviewPage } =
  proxyActivities<Activities>({
    startToCloseTimeout: '30s',
    scheduleToCloseTimeout: '10m',
    retry: { initialInterval: '1s', maximumInterval: '1m' },
    priority: PEOPLE_FIRST,
  });
