import type { Delivery } from '../domain/escalation/route.ts';
import { endPage } from '../domain/record/announcement.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { type Ticket, whatWasRuled } from '../domain/record/sealed-ticket.ts';
import { type Sealed, sealed } from '../domain/shared/seal.ts';
import { aboutIt, delivered, deliveryOf } from './notify.ts';
import type { Pager } from './ports/channels.ts';
import type { Fact } from './ports/ledger.ts';
import { notOnRecord, type StepDeps } from './step.ts';
import { factOfRun, ticketOf } from './ticket.ts';

export interface RollbackFailedInput {
  /** The ticket, which was sealed when the action was admitted. */
  readonly ticket: Sealed<Ticket>;
  /** The failed rollback, as its worker sealed it. */
  readonly attempt: Sealed<Fact>;
  /** What was ruled. It counts only when its digest is the one in the ticket. */
  readonly ruled: EntryBodies['ruled'];
}

export interface PagedWithoutLedger {
  readonly delivery: Delivery;
  /** The fact that on-call was paged, for the ledger once it is back. So nobody is paged twice. */
  readonly unrecorded: Sealed<Fact>;
}

export interface PageWithoutLedgerDeps extends Pick<StepDeps, 'step'> {
  readonly pager: Pager;
  readonly sealKey: Uint8Array;
}

export function createPageWithoutLedger({ pager, sealKey, step }: PageWithoutLedgerDeps) {
  return {
    /**
     * Pages on-call about a rollback that failed while the ledger was away. INVARIANT 9: what stands in production does not wait
     * for our own database. INVARIANT 13: three facts are sealed by our workers for this run: that the action was admitted, what
     * was ruled, and that the rollback failed.
     *
     * @throws ApplicationFailure `NotOnRecord` where one of the three is not so, `NotDeliverable` while the pager does not take the
     * page
     */
    pageRollbackFailed: async (input: RollbackFailedInput): Promise<PagedWithoutLedger> => {
      const { workflowId, runId, at } = step();
      const ticket = ticketOf({ workflowId, runId }, input.ticket, sealKey);
      const reason = failureIn(factOfRun(ticket, input.attempt, sealKey), ticket);
      if (whatWasRuled(input.ruled) !== ticket.ruled) throw notOnRecord('it was ruled otherwise');
      const { onCall } = input.ruled.ruling.people;
      const outcome = { kind: 'rollbackFailed', reason } as const;
      const page = endPage(onCall, outcome);
      const message = { ...aboutIt({ workflowId, runId }, input.ruled, page), outcome };
      // A page that somebody acknowledged, for example that of a window, does not ring again.
      await pager.resolve(ticket.actionId);
      const delivery = deliveryOf(page, delivered(await pager.send(message, onCall)));
      const body: EntryBodies['told'] = { deliveries: [delivery] };
      const eventId = `${ticket.actionId}/${runId}/told/without-ledger/${page.step}`;
      const fact: Fact = { eventId, actionId: ticket.actionId, kind: 'told', at, body };
      return { delivery, unrecorded: sealed(fact, sealKey) };
    },
  };
}

/** Why the rollback failed, by the sealed attempt. */
function failureIn(attempt: Fact | undefined, { digest }: Ticket): string {
  const rollback = (attempt?.kind === 'takenBack' ? attempt.body : {}) as Partial<EntryBodies['takenBack']>;
  if (rollback.digest !== digest || rollback.kind === 'done')
    throw notOnRecord('no attempt to take it back failed');
  return `taking it back failed: ${rollback.summary}`;
}
