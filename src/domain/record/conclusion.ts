import type { Outcome, OutcomeKind } from '../action/outcome.ts';
import { stopsAction } from '../approval/settlement.ts';
import { TOO_MUCH_SAID } from './history-room.ts';
import { isNotThere, whyNotThere } from './not-there.ts';
import { doubtIn, type OnRecord } from './on-record.ts';
import { METRICS_ARE_BACK, NOTHING_MEASURED, whyUnverified } from './taken-back-words.ts';
import { healthOf, recoveryOnRecord } from './watch-on-record.ts';
import { CANCELLED, whyTakenBack } from './why-taken-back.ts';

/** The number of times that people are asked about the same action. If it keeps getting worse, it is denied. */
export const MOST_ROUNDS = 3;

/** The outcomes that a workflow may claim for an action of which nothing ran. Other claims are ignored. */
const NOTHING_RAN: readonly OutcomeKind[] = ['cancelled', 'revoked', 'expired', 'failed'];

/**
 * Concludes how a run of an action ended, from the ledger. The outcome that the workflow claims counts only when nothing ran, and then only
 * to choose between outcomes that differ for the reader alone. INVARIANTS 7, 9, 13: an effect that may stand in production and is not known
 * to be healthy gets the worst outcome, `rollbackFailed`.
 *
 * @param outcomeKind the outcome that the workflow claims
 */
export function conclusionOf(record: OnRecord, outcomeKind: OutcomeKind): Outcome {
  const { ruled, admitted } = record;
  const doubt = doubtIn(record);
  if (admitted) return afterAdmission(record, doubt ? 'rollbackFailed' : outcomeKind);
  if (doubt) return { kind: 'rollbackFailed', reason: `${doubt}: what became of it is not known` };
  if (!ruled) return { kind: 'cancelled', reason: 'it ended before it was ruled on' };
  const { ruling } = ruled;
  if (ruling.kind === 'forbid') return { kind: ruling.outcome, reason: ruling.reasons.join('; ') };
  if (ruling.mode === 'recommend')
    return { kind: 'recommended', reason: 'people decide and act themselves at this tier' };
  return beforeAdmission(record, outcomeKind);
}

function beforeAdmission(record: OnRecord, outcomeKind: OutcomeKind): Outcome {
  const { settled, refusal, again, round } = record;
  if (again.length > 0 && round >= MOST_ROUNDS) {
    const tooManyRounds = `it was asked for ${MOST_ROUNDS} times and became worse each time`;
    return { kind: 'deniedByPolicy', reason: `${tooManyRounds}, now because ${again.join('; ')}` };
  }
  const stopOutcome = settled && stopsAction(settled.settlement);
  return stopOutcome ?? refusal ?? endBeforeAdmission(record, outcomeKind);
}

function afterAdmission(record: OnRecord, outcomeKind: OutcomeKind): Outcome {
  const { ruled, begun, executed, takingBack, takenBack } = record;
  const why =
    takingBack?.why ??
    whyTakenBack(record, outcomeKind === 'cancelled' || outcomeKind === 'revoked' ? 'stopped' : 'notHealthy');
  if (takenBack?.kind === 'done') {
    const recovery = recoveryOnRecord(record);
    return !recovery || recovery.kind === 'healthy'
      ? takenBackAs(record, outcomeKind, `${why}; ${recovery ? METRICS_ARE_BACK : NOTHING_MEASURED}`)
      : { kind: 'rollbackUnverified', reason: `${why}; ${whyUnverified(recovery)}` };
  }
  if (executed?.kind === 'refused')
    return { kind: 'failed', reason: `it was refused and had no effect: ${executed.summary}` };
  if (outcomeKind === 'failed' && isNotThere(record)) return { kind: 'failed', reason: whyNotThere(record) };
  if (takingBack || takenBack) {
    const failureText = `taking it back failed: ${takenBack?.summary ?? 'it was not tried'}`;
    return {
      kind: 'rollbackFailed',
      reason: `${why}; ${ruled?.action.rollback ? failureText : 'it has no rollback'}`,
    };
  }
  const health = healthOf(record);
  if (health?.kind === 'healthy') return { kind: 'succeeded', reason: health.reason };
  if (!executed && !begun.there && NOTHING_RAN.includes(outcomeKind))
    return endBeforeAdmission(record, outcomeKind);
  const finding =
    !health || health.kind === 'pending' ? 'it ended before it was known to be healthy' : health.reason;
  return { kind: 'rollbackFailed', reason: `${finding}; it was not taken back` };
}

/**
 * The outcome of an action that was taken back: because a person revoked it, because the requester cancelled it, or because of its metrics.
 */
function takenBackAs({ revoked }: OnRecord, outcomeKind: OutcomeKind, reason: string): Outcome {
  if (revoked) return { kind: 'revoked', reason };
  return { kind: outcomeKind === 'cancelled' ? 'cancelled' : 'rolledBack', reason };
}

/** The outcome of an action that never ran. */
function endBeforeAdmission({ revoked }: OnRecord, outcomeKind: OutcomeKind): Outcome {
  if (revoked) return { kind: 'revoked', reason: `${revoked.by} revoked it: ${revoked.reason}` };
  if (outcomeKind === 'undeliverable') return { kind: outcomeKind, reason: TOO_MUCH_SAID };
  return outcomeKind === 'expired'
    ? { kind: 'expired', reason: 'the permission to run it ran out before it could be admitted' }
    : { kind: 'cancelled', reason: CANCELLED };
}
