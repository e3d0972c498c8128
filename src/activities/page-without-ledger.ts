import { recoveryOf } from '../domain/analysis/recovery.ts';
import type { Delivery } from '../domain/escalation/route.ts';
import { endPage } from '../domain/record/announcement.ts';
import type { EntryBodies } from '../domain/record/on-record.ts';
import { type Ticket, whatWasRuled } from '../domain/record/sealed-ticket.ts';
import { whyUnverified } from '../domain/record/taken-back-words.ts';
import { type Sealed, sealed } from '../domain/shared/seal.ts';
import { aboutIt, delivered, deliveryOf } from './notify.ts';
import type { Pager } from './ports/channels.ts';
import type { Fact } from './ports/ledger.ts';
import { notOnRecord, type StepDeps } from './shared/step.ts';
import { factOfRun, ticketOf } from './shared/ticket.ts';

export interface RollbackFailedInput {
  /** The ticket, which was sealed when the action was admitted, or once it was taken back. */
  readonly ticket: Sealed<Ticket>;
  /** The failed rollback, as its worker sealed it. Absent: it worked. */
  readonly attempt?: Sealed<Fact> | undefined;
  /** What else was sealed: with it the checks after a rollback that worked. */
  readonly checks?: readonly Sealed<Fact>[] | undefined;
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
     * Pages on-call about a rollback that failed, or was not verified, while the ledger was away. INVARIANT 9: what stands in production
     * does not wait for our own database. INVARIANT 13: three facts are sealed by our workers for this run: that the action was admitted,
     * what was ruled, and that the rollback failed, or which checks after it were not healthy.
     *
     * @throws ApplicationFailure `NotOnRecord` where one of the three is not so, `NotDeliverable` while the pager does not take the
     * page
     */
    pageRollbackFailed: async (input: RollbackFailedInput): Promise<PagedWithoutLedger> => {
      const { workflowId, runId, at } = step();
      const ticket = ticketOf({ workflowId, runId }, input.ticket, sealKey);
      const outcome = input.attempt
        ? failureIn(factOfRun(ticket, input.attempt, sealKey), ticket)
        : unverifiedIn(
            (input.checks ?? []).flatMap((check) => factOfRun(ticket, check, sealKey) ?? []),
            ticket,
          );
      if (whatWasRuled(input.ruled) !== ticket.ruled) throw notOnRecord('it was ruled otherwise');
      const { onCall } = input.ruled.ruling.people;
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

/** How the rollback failed, by the sealed attempt. */
function failureIn(attempt: Fact | undefined, { digest }: Ticket) {
  const rollback = (attempt?.kind === 'takenBack' ? attempt.body : {}) as Partial<EntryBodies['takenBack']>;
  if (rollback.digest !== digest || rollback.kind === 'done')
    throw notOnRecord('no attempt to take it back failed');
  return { kind: 'rollbackFailed', reason: `taking it back failed: ${rollback.summary}` } as const;
}

/** What the sealed checks after the rollback say. Those that the ledger has already may be missing: then nobody knows here. */
function unverifiedIn(facts: readonly Fact[], { watch, takenBackAt }: Ticket) {
  const checks = facts.filter(({ kind }) => kind === 'measuredBack');
  if (!watch || takenBackAt === undefined || checks.length === 0)
    throw notOnRecord('no check after a rollback was sealed');
  const measurements = checks.flatMap(({ body }) => (body as EntryBodies['measuredBack']).measurements);
  const recovery = recoveryOf(watch, measurements, true);
  if (recovery.kind === 'healthy') throw notOnRecord('its metrics are back');
  return { kind: 'rollbackUnverified', reason: whyUnverified(recovery) } as const;
}
