import { approversIn, type EntryBodies } from '../../domain/record/on-record.ts';
import { previewIn } from '../../domain/record/preview-on-record.ts';
import { type Ticket, whatWasRuled } from '../../domain/record/sealed-ticket.ts';
import { baselineFaultOf, watchedBy } from '../../domain/record/watch-on-record.ts';
import { type Sealed, unsealed } from '../../domain/shared/seal.ts';
import type { Fact } from '../ports/ledger.ts';
import { failure } from './failure.ts';
import { type Case, idIn, notOnRecord } from './step.ts';

/**
 * What a ticket says. INVARIANT 13: one of our workers sealed it, for the very run that the activity is in.
 *
 * @throws ApplicationFailure `LedgerAway` without a ticket, `NotOnRecord` with a ticket that is not good here
 */
export function ticketOf(
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  sealedTicket: Sealed<Ticket> | undefined,
  sealKey: Uint8Array,
): Ticket {
  if (!sealedTicket) throw failure('LedgerAway', 'the ledger does not answer');
  const ticket = unsealed(sealedTicket, sealKey);
  if (ticket?.runId !== runId || ticket.actionId !== idIn(workflowId, 'action'))
    throw notOnRecord('the ticket was not sealed for this run');
  return ticket;
}

/** Returns the fact that was sealed; undefined where it was not sealed by our workers, or is not of this run of this action. */
export function factOfRun(
  { actionId, runId }: Pick<Ticket, 'actionId' | 'runId'>,
  sealedFact: Sealed<Fact>,
  sealKey: Uint8Array,
): Fact | undefined {
  const fact = unsealed(sealedFact, sealKey);
  const isOfRun = fact?.actionId === actionId && fact.eventId.startsWith(`${actionId}/${runId}/`);
  return isOfRun ? fact : undefined;
}

/** The ticket of an action, by what is on record. @param admitted what is recorded of its admission, or is about to be */
export function ticketFor(
  { actionId, runId, at, record }: Case,
  ruled: EntryBodies['ruled'],
  fencingToken: number,
  admitted: { readonly baseline?: Ticket['baseline'] | undefined; readonly at?: number | undefined },
): Ticket {
  const { action, ruling } = ruled;
  const watchPlan = watchedBy({ action, ruling }, record.settled?.settlement.kind === 'brokenGlass');
  return {
    actionId,
    runId,
    digest: ruling.digest,
    ruled: whatWasRuled(ruled),
    fencingToken,
    rollback: action.rollback ?? null,
    preview: previewIn(ruled),
    authority: {
      environment: action.environment,
      approvedBy: approversIn(record.settled?.settlement ?? null),
    },
    watch: watchPlan?.watch ?? null,
    watchForMs: watchPlan?.watchForMs ?? 0,
    baseline: admitted.baseline ?? {},
    target: action.target,
    admittedAt: admitted.at ?? at,
    baselineFault: baselineFaultOf(ruled),
  };
}
