import type { Ticket } from '../domain/record/sealed-ticket.ts';
import { type Sealed, unsealed } from '../domain/shared/seal.ts';
import { failure } from './failure.ts';
import type { Fact } from './ports/ledger.ts';
import { idIn, notOnRecord } from './step.ts';

/**
 * What a ticket says. INVARIANT 13: one of our workers sealed it, for the very run that the activity is in.
 *
 * @throws ApplicationFailure `LedgerAway` without a ticket, `NotOnRecord` with a ticket that is not good here
 */
export function ticketOf(
  { workflowId, runId }: { readonly workflowId: string; readonly runId: string },
  ticket: Sealed<Ticket> | undefined,
  sealKey: Uint8Array,
): Ticket {
  if (!ticket) throw failure('LedgerAway', 'the ledger does not answer');
  const known = unsealed(ticket, sealKey);
  if (known?.runId !== runId || known.actionId !== idIn(workflowId, 'action'))
    throw notOnRecord('the ticket was not sealed for this run');
  return known;
}

/** Returns the fact that was sealed; undefined where it was not sealed by our workers, or is not of this run of this action. */
export function factOfRun(
  { actionId, runId }: Pick<Ticket, 'actionId' | 'runId'>,
  fact: Sealed<Fact>,
  sealKey: Uint8Array,
): Fact | undefined {
  const known = unsealed(fact, sealKey);
  const own = known?.actionId === actionId && known.eventId.startsWith(`${actionId}/${runId}/`);
  return own ? known : undefined;
}
