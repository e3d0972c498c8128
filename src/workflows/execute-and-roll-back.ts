import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { RollbackFailedInput } from '../activities/page-without-ledger.ts';
import type { Fact } from '../activities/ports/ledger.ts';
import { abilitiesOf } from '../domain/action/abilities.ts';
import { JOB_CANCEL_MS, type Plan } from '../domain/action/action.ts';
import type { Outcome } from '../domain/action/outcome.ts';
import { describePlan } from '../domain/action/plan-text.ts';
import { foundText } from '../domain/action/reconcile.ts';
import type { Verdict } from '../domain/analysis/analysis-verdict.ts';
import type { Ticket } from '../domain/record/sealed-ticket.ts';
import { type Because, NOT_KNOWN_WHETHER_IT_RAN } from '../domain/record/why-taken-back.ts';
import type { Sealed } from '../domain/shared/seal.ts';
import { exactLine } from '../domain/shared/visible.ts';
import type { ActionRecord } from './action-record.ts';
import {
  execute as executeActivity,
  pageRollbackFailed,
  rollBack as rollBackActivity,
} from './activities.ts';
import { failureType, raisedBy, reasonOf } from './activity-error.ts';
import { lookedUp } from './reconcile.ts';

/** How much longer than the executor's own time-out an attempt may take, in milliseconds: for a worker that died, and for a slow ledger. */
const MARGIN_MS = 15_000;

type Effect =
  | { readonly kind: 'done' }
  | { readonly kind: 'outcome'; readonly outcome: Outcome }
  | { readonly kind: 'mayHaveRun'; readonly verdict: Verdict };

/**
 * Sends the action's effect. It cannot be cancelled: once a request may be under way, only its answer or the rollback tells what
 * stands in production.
 */
export async function execute(record: ActionRecord): Promise<Effect> {
  record.add({ status: 'executing' });
  if (record.state.settlement) record.index('running');
  const { execute: plan } = record.known.action;
  try {
    const { receipt, unrecorded } = await CancellationScope.nonCancellable(() =>
      executeActivity.executeWithOptions(optionsFor(plan), []),
    );
    record.completeLater(unrecorded);
    record.add({ receipt });
    return { kind: 'done' };
  } catch (error) {
    record.completeLater(unrecordedIn(error));
    const reason = reasonOf(error);
    if (failureType(error) === 'EffectRefused')
      return {
        kind: 'outcome',
        outcome: { kind: 'failed', reason: `it was refused and had no effect: ${reason}` },
      };
    return lookUp(record, `${NOT_KNOWN_WHETHER_IT_RAN}: ${reason}`);
  }
}

/** Looks an effect up of which nobody knows whether it ran. Only what is certainly not there need not be taken back. */
async function lookUp(record: ActionRecord, reason: string): Promise<Effect> {
  const found = await lookedUp(record);
  if (found?.found === 'absent')
    return { kind: 'outcome', outcome: { kind: 'failed', reason: foundText(found) } };
  const verdict = { kind: 'error', reason: found ? `${reason}; ${foundText(found)}` : reason } as const;
  return { kind: 'mayHaveRun', verdict };
}

/** Rolls the effect back. A rollback that fails is reported to people, and the target stays held until a person has looked. */
export function rollBack(record: ActionRecord, because: Because, why: string): Promise<Outcome> {
  return CancellationScope.nonCancellable(() => takeBack(record, because, why));
}

async function takeBack(record: ActionRecord, because: Because, why: string): Promise<Outcome> {
  const { rollback: plan } = record.known.action;
  record.add({ status: 'rollingBack' });
  const options = plan ? optionsFor(plan) : {};
  try {
    const { receipt, unrecorded, ticket } = await withoutLedger(record, (ticket) =>
      rollBackActivity.executeWithOptions(options, [{ because, ticket }]),
    );
    record.completeLater(unrecorded);
    record.ticket = ticket ?? record.ticket;
    record.add({ rollback: receipt });
    return { kind: 'rolledBack', reason: why };
  } catch (error) {
    const attempt = unrecordedIn(error);
    record.completeLater(attempt);
    if (attempt) await pageWithoutLedger(record, { attempt });
    const whyFailed = plan ? `taking it back failed: ${reasonOf(error)}` : 'it has no rollback';
    return { kind: 'rollbackFailed', reason: `${why}; ${whyFailed}` };
  }
}

/** Pages on-call about a rollback that failed or was not verified, also while the ledger is away. */
export async function pageWithoutLedger(
  record: ActionRecord,
  found: Pick<RollbackFailedInput, 'attempt' | 'checks'>,
): Promise<void> {
  const { ticket, known } = record;
  if (!ticket) return;
  const { proposal, findings } = record.state;
  const { action, impact, ruling } = known;
  try {
    const { delivery, unrecorded } = await pageRollbackFailed.executeWithOptions(
      { summary: 'page to on-call about the rollback', scheduleToCloseTimeout: '2m' },
      [{ ticket, ...found, ruled: { proposal, action, impact, ruling, findings } }],
    );
    record.add({ deliveries: [...record.state.deliveries, delivery] });
    record.completeLater(unrecorded);
  } catch (error) {
    // Once the end is on record, people are told of it in every other way.
    if (isCancellation(error)) throw error;
  }
}

/**
 * Asks an activity, and asks it once more with the ticket when the ledger is away. INVARIANT 9: what stands in production does not
 * wait for our own database.
 */
export async function withoutLedger<T>(
  { ticket }: ActionRecord,
  ask: (ticket?: Sealed<Ticket>) => Promise<T>,
): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (failureType(error) !== 'LedgerAway') throw error;
    return ask(ticket);
  }
}

/**
 * How long no sign of an attempt at a job may come. A job may take hours, and a worker that dies must not be waited for that long. Other
 * effects give no sign: their time is short.
 */
const HEARTBEAT_TIMEOUT = '30s';

const optionsFor = (plan: Plan) => ({
  startToCloseTimeout: mostMs(plan) + MARGIN_MS,
  ...(plan.executor === 'job' ? { heartbeatTimeout: HEARTBEAT_TIMEOUT } : {}),
  summary: exactLine(describePlan(plan).inShort).slice(0, 200),
});

/** How long an attempt may take: its effect, and whatever comes after it, which takes as long again at most. */
function mostMs(plan: Plan): number {
  if (plan.executor === 'job') return plan.timeoutMs + JOB_CANCEL_MS;
  return abilitiesOf(plan).verifies ? 2 * plan.timeoutMs : plan.timeoutMs;
}

/** The sealed fact that a failed attempt could not record, if there is one. */
const unrecordedIn = (error: unknown) => raisedBy(error)?.details?.[0] as Sealed<Fact> | undefined;
