import { openJws } from './jws.ts';
import { approversOf, excludedFrom, groupsIn, type Requirement, type Vote } from './requirement.ts';

/** What a person signs (the JWS payload). It names the workflow run, so that a reset cannot re-apply it. */
export interface DecisionStatement {
  readonly workflowId: string;
  readonly runId: string;
  /** The digest of the action as the person saw it. */
  readonly digest: string;
  readonly person: string;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly decidedAt: number;
  /** How the person proved who they are. */
  readonly authentication: 'signing-key';
}

/** What a decision must be about to count. */
export interface Question {
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  readonly requirement: Requirement;
  /** Milliseconds since the epoch: the first instant that is too late. */
  readonly deadline: number;
}

export const REFUSALS = [
  'malformed',
  'notOpen',
  'requesterSide',
  'notEntitled',
  'badSignature',
  'otherRun',
  'otherDigest',
  'tooLate',
  'fromTheFuture',
] as const;
export type Refusal = (typeof REFUSALS)[number];

export type Judgement =
  | { readonly kind: 'counts'; readonly vote: Vote }
  | { readonly kind: 'refused'; readonly refusal: Refusal; readonly reason: string };

/** How far a signer's clock may run ahead of the server's. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * INVARIANTS 3, 5, 6: a decision counts when an entitled person signed it, for this run and this digest, before the
 * deadline, however late it is seen.
 *
 * @param claimed the statement as parsed from the token, still unproven
 * @param now the workflow's time in milliseconds
 */
export function judge(question: Question, claimed: DecisionStatement, jws: string, now: number): Judgement {
  const { requirement } = question;
  const excluded = excludedFrom(requirement).find(({ person }) => person === claimed.person);
  if (excluded) return refuse('requesterSide', `${claimed.person} may not decide: ${excluded.reason}`);
  const approver = approversOf(requirement).find(({ person }) => person === claimed.person);
  if (!approver) return refuse('notEntitled', `${claimed.person} is not in ${groupsIn(requirement)}`);
  const opened = openJws(jws, approver.keys);
  if (opened.kind === 'refused') {
    return refuse(
      'badSignature',
      `the decision in the name of ${claimed.person} is refused: ${opened.reason}`,
    );
  }
  if (!says(opened.payload, claimed)) {
    return refuse('badSignature', `what ${claimed.person} signed is not what is claimed`);
  }
  if (claimed.workflowId !== question.workflowId || claimed.runId !== question.runId) {
    return refuse(
      'otherRun',
      `it decides on ${claimed.workflowId} run ${claimed.runId}, this is run ${question.runId}`,
    );
  }
  if (claimed.digest !== question.digest) {
    return refuse(
      'otherDigest',
      `it decides on digest ${claimed.digest}, what would run has ${question.digest}`,
    );
  }
  if (claimed.decidedAt >= question.deadline) {
    return refuse(
      'tooLate',
      `it was decided ${iso(claimed.decidedAt)}, the deadline was ${iso(question.deadline)}`,
    );
  }
  if (claimed.decidedAt > now + CLOCK_SKEW_MS) {
    return refuse('fromTheFuture', `it says it was decided ${iso(claimed.decidedAt)}, it is ${iso(now)}`);
  }
  const { person, verdict, reason, decidedAt } = claimed;
  return {
    kind: 'counts',
    vote: { person, verdict, decidedAt, jws, ...(reason === undefined ? {} : { reason }) },
  };
}

/** Whether the payload that was signed says what is claimed. Blanks around the reason are left out when it is read. */
function says(payload: unknown, { reason = '', ...claimed }: DecisionStatement): boolean {
  const signed: Record<string, unknown> = Object(payload);
  return (
    Object.entries(claimed).every(([member, value]) => signed[member] === value) &&
    (typeof signed.reason === 'string' ? signed.reason.trim() : '') === reason
  );
}

const refuse = (refusal: Refusal, reason: string): Judgement => ({ kind: 'refused', refusal, reason });

const iso = (ms: number) => new Date(ms).toISOString();
