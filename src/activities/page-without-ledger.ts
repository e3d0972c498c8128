import type { Action, Proposal } from '../domain/action/action.ts';
import type { Delivery } from '../domain/escalation/route.ts';
import { END_PAGE } from '../domain/record/announcement.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { type Ticket, whatWasRuled } from '../domain/record/sealed-ticket.ts';
import type { Impact } from '../domain/risk/impact.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { type Sealed, sealed, unsealed } from '../domain/shared/seal.ts';
import { delivered } from './notify.ts';
import type { Pager } from './ports/channels.ts';
import type { Fact } from './ports/ledger.ts';
import { notOnRecord, type StepDeps } from './step.ts';
import { ticketOf } from './ticket.ts';

export interface RollbackFailedInput {
  /** The ticket, which was sealed when the action was admitted. */
  readonly ticket: Sealed<Ticket>;
  /** The failed rollback, as its worker sealed it. */
  readonly attempt: Sealed<Fact>;
  /** What was ruled. It counts only when its digest is the one in the ticket. */
  readonly ruled: {
    readonly proposal: Proposal;
    readonly action: Action;
    readonly impact: Impact;
    readonly ruling: Ruling;
  };
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
      const reason = failureIn(unsealed(input.attempt, sealKey), ticket);
      if (whatWasRuled(input.ruled) !== ticket.ruled) throw notOnRecord('it was ruled otherwise');
      const { proposal, action, impact, ruling } = input.ruled;
      const { onCall } = ruling.people;
      const name = END_PAGE;
      const outcome = { kind: 'rollbackFailed', reason } as const;
      const about = { workflowId, runId, proposal, action, impact, ruling, outcome };
      // A page that somebody acknowledged, for example that of a window, does not ring again.
      await pager.resolve(ticket.actionId);
      const sent = delivered(await pager.send({ kind: 'rollbackFailed', step: name, ...about }, onCall));
      const delivery: Delivery = {
        step: name,
        by: 'page',
        whom: 'on-call',
        people: onCall,
        delivered: true,
        ...sent,
      };
      const body: EntryBodies['told'] = { deliveries: [delivery] };
      const eventId = `${ticket.actionId}/${runId}/told/without-ledger/${name}`;
      const fact: Fact = { eventId, actionId: ticket.actionId, kind: 'told', at, body };
      return { delivery, unrecorded: sealed(fact, sealKey) };
    },
  };
}

/** Why the rollback failed, by the sealed attempt. */
function failureIn(attempt: Fact | undefined, { actionId, runId, digest }: Ticket): string {
  const own = attempt?.kind === 'takenBack' && attempt.eventId.startsWith(`${actionId}/${runId}/`);
  const { kind, summary, digest: of } = (own ? attempt.body : {}) as Partial<EntryBodies['takenBack']>;
  if (!own || of !== digest || kind === 'done') throw notOnRecord('no attempt to take it back failed');
  return `taking it back failed: ${summary}`;
}
