import { hear } from '../approval/count-statements.ts';
import { readDecision } from '../approval/parse-decision.ts';
import { refuse } from '../approval/refusal.ts';
import type { VerifiedDecision } from '../approval/verify-decision.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import { questionOn } from '../ruling/open-question.ts';
import { lastOnRecord } from './on-record.ts';
import { reviewOn, reviewQuestion } from './review-on-record.ts';

/**
 * Judges a signed statement from the ledger alone, before it is stored for the steps that use it: the signer must be among the people
 * asked, and the signature must be valid. The later steps judge whether it came in time and what it means beside other statements.
 * INVARIANTS 3, 14: nobody can fill our store with statements that nobody signed.
 *
 * @param workflowId `action/<actionId>` or `review/<actionId>`
 * @param entries all entries about the action, in their order
 * @param now milliseconds since the epoch
 */
export function judgeHandedIn(
  workflowId: string,
  entries: readonly ReadEntry[],
  jws: string,
  now: number,
): VerifiedDecision {
  const [kind = '', ...idParts] = workflowId.split('/');
  const actionId = idParts.join('/');
  if (kind === 'review') return onReview(workflowId, actionId, entries, jws, now);
  const record = lastOnRecord(actionId, entries);
  if (!record?.ruled) return refuse('notOpen', 'it is not ruled on yet');
  const { runId, ruled, settled, closed } = record;
  if (closed) return refuse('notOpen', 'it is closed: nothing is waiting for a decision here');
  const about = { workflowId, runId };
  const waitingQuestion = questionOn(about, ruled.ruling, {
    kind: 'waiting',
    deadline: Number.POSITIVE_INFINITY,
  });
  const underWayQuestion = questionOn(about, ruled.ruling, { kind: 'underWay' });
  if (!waitingQuestion || !underWayQuestion) return refuse('notOpen', 'people are not asked about it');
  const asWaiting = hear(waitingQuestion, { jws }, now);
  const asUnderWay = hear(underWayQuestion, { jws }, now);
  if (asWaiting.kind !== 'refused') return asWaiting;
  if (asUnderWay.kind !== 'refused') return asUnderWay;
  return settled || !('route' in ruled.ruling) ? asUnderWay : asWaiting;
}

function onReview(
  workflowId: string,
  actionId: string,
  entries: readonly ReadEntry[],
  jws: string,
  now: number,
): VerifiedDecision {
  const due = reviewOn(actionId, entries);
  const claim = readDecision({ jws })?.claimed;
  if (!claim) return refuse('malformed', 'it is not a signed decision');
  if (!due || due.concluded?.final) return refuse('notOpen', 'no review of it is open');
  const { installation, digest, gateway } = due.ruled.ruling;
  const subject = { installation, digest, gateway, review: due.review };
  return hear(reviewQuestion(subject, { workflowId, runId: claim.runId }, due.openUntil), { jws }, now);
}
