import { canonicalJson } from '../shared/digest.ts';
import { openJws } from '../shared/jws.ts';
import { iso } from '../shared/sentence.ts';
import { decideCommand } from './decide-command.ts';
import type { DecisionKind, DecisionStatement } from './decision-statement.ts';
import { type Refused, refuse } from './refusal.ts';
import {
  type Approver,
  approversOf,
  excludedFrom,
  groupsIn,
  type Requirement,
  type Vote,
} from './requirement.ts';
import type { PinnedGateway } from './signing-gateway.ts';

/** What a decision must be about to count. */
export interface Question {
  /** The name of the installation. */
  readonly installation: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  readonly requirement: Requirement;
  /** Milliseconds since the epoch: the first instant that is too late. Infinity: none is. */
  readonly deadline: number;
  /** Whether a denial counts after it too: silence lets it run, and has not yet. */
  readonly deniedLate?: true | undefined;
  /** What may be said now. */
  readonly takes: readonly DecisionKind[];
  /** Absent: people sign with keys of their own alone. */
  readonly gateway?: PinnedGateway | undefined;
  /** Who may break the glass. */
  readonly breakGlass?: readonly Approver[] | undefined;
}

export type VerifiedDecision =
  | { readonly kind: 'counts'; readonly vote: Vote }
  /** Anything but a vote. */
  | { readonly kind: 'said'; readonly statement: DecisionStatement; readonly jws: string }
  | Refused;

/** What a vote is, and taking it back. */
export const VOTING: readonly DecisionKind[] = ['approve', 'deny', 'withdraw'];

/** How far a signer's clock may run ahead of the server's. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * INVARIANTS 3, 5, 6: a decision counts when an entitled person signed it, or the gateway for them, for this run and this
 * digest, before the deadline, however late it is seen.
 *
 * @param claimed the statement as parsed from the token, still unproven
 * @param now the workflow's time in milliseconds
 */
export function verifyDecision(
  question: Question,
  claimed: DecisionStatement,
  jws: string,
  now: number,
): VerifiedDecision {
  const { person, verdict, reason, decidedAt, authentication } = claimed;
  const approver = entitled(question, claimed);
  if ('kind' in approver) return approver;
  const unproven = whyUnproven(approver, question.gateway, claimed, jws);
  if (unproven !== undefined)
    return refuse('badSignature', `the decision in the name of ${person} is refused: ${unproven}`);
  const against = whyNotThis(question, claimed, now) ?? whyNotSo(question, claimed);
  if (against) return against;
  if (verdict !== 'approve' && verdict !== 'deny') return { kind: 'said', statement: claimed, jws };
  const vote = { person, verdict, decidedAt, jws, authentication };
  return { kind: 'counts', vote: { ...vote, ...(reason === undefined ? {} : { reason }) } };
}

/** INVARIANT 4: the person as they were pinned, or why they have no say. */
export function entitled(
  { requirement, breakGlass, takes, workflowId }: Question,
  claimed: Pick<DecisionStatement, 'person' | 'verdict'>,
): Approver | Refused {
  const { person, verdict } = claimed;
  if (!takes.includes(verdict)) {
    // Whoever denies a moment too late must know what still stops it.
    const begun = verdict === 'deny' && takes.includes('revoke');
    const instead = begun
      ? `. It has begun; revoke takes it back: ${decideCommand(workflowId, 'revoke')}`
      : '';
    return refuse('notOpen', `${verdict} is not taken now: ${takenWhen(verdict)}${instead}`);
  }
  const permitted = breakGlass?.find((each) => each.person === person);
  if (verdict === 'breakGlass' && permitted) return permitted;
  const excluded = excludedFrom(requirement).find((each) => each.person === person);
  if (excluded?.denies && AGAINST.includes(verdict)) return excluded.denies;
  if (excluded) return refuse('requesterSide', `${person} may not decide: ${excluded.reason}`);
  if (verdict === 'breakGlass') return refuse('notEntitled', `no policy lets ${person} break the glass here`);
  const approver = approversOf(requirement).find((each) => each.person === person);
  return approver ?? refuse('notEntitled', `${person} is not in ${groupsIn(requirement)}`);
}

/** INVARIANT 14: what says no, or takes back what was said. */
const AGAINST: readonly DecisionKind[] = ['deny', 'withdraw', 'revoke'];

const takenWhen = (verdict: DecisionKind) =>
  verdict === 'revoke'
    ? 'it is from when people have decided until the action is closed'
    : 'it is while people are waited for';

/** INVARIANT 3: the gateway's key proves nothing that a person's own key should, nor the other way round. */
function whyUnproven(
  approver: Approver,
  gateway: PinnedGateway | undefined,
  claimed: DecisionStatement,
  jws: string,
): string | undefined {
  const own = claimed.authentication === 'signing-key';
  const without = own ? undefined : whyNotByGateway(approver, gateway);
  if (without !== undefined) return without;
  const opened = openJws(jws, own ? approver.keys : (gateway?.keys ?? []));
  if (opened.kind === 'refused') return opened.reason;
  return says(opened.payload, claimed) ? undefined : 'what was signed is not what is claimed';
}

/** Why the gateway cannot sign for this person; undefined where it can. */
export const whyNotByGateway = (
  { signsIn }: Approver,
  gateway: PinnedGateway | undefined,
): string | undefined =>
  gateway && signsIn
    ? undefined
    : 'it was ruled on without a gateway, so it takes a signing key of their own';

/** INVARIANT 14: while on-call is paged that nobody objected, somebody still can. @param at when it is signed */
export const isInTime = (
  { deadline, deniedLate }: Pick<Question, 'deadline' | 'deniedLate'>,
  verdict: DecisionKind,
  at: number,
): boolean => at < deadline || (deniedLate === true && verdict === 'deny');

/** Why it is about something else, or came at another time. */
function whyNotThis(question: Question, claimed: DecisionStatement, now: number): Refused | undefined {
  const { installation, workflowId, runId, digest, decidedAt, verdict } = claimed;
  if (installation !== question.installation)
    return refuse(
      'otherInstallation',
      `it is for the installation ${installation}, this is ${question.installation}`,
    );
  if (workflowId !== question.workflowId || runId !== question.runId)
    return refuse('otherRun', `it decides on ${workflowId} run ${runId}, this is run ${question.runId}`);
  if (digest !== question.digest)
    return refuse('otherDigest', `it decides on digest ${digest}, what would run has ${question.digest}`);
  if (!isInTime(question, verdict, decidedAt))
    return refuse('tooLate', `it was decided ${iso(decidedAt)}, the deadline was ${iso(question.deadline)}`);
  return decidedAt > now + CLOCK_SKEW_MS
    ? refuse('fromTheFuture', `it says it was decided ${iso(decidedAt)}, it is ${iso(now)}`)
    : undefined;
}

/** What is missing in how it was said. */
function whyNotSo({ gateway }: Question, claimed: DecisionStatement): Refused | undefined {
  const { verdict, authentication, reason, params, incident } = claimed;
  if (authentication === 'session' && needsSecondProof(gateway, verdict))
    return refuse(
      'stepUpNeeded',
      'being signed in is not enough: confirm it with a passkey or a one-time code',
    );
  const lacking = [
    ...(reason === undefined && needsReason(verdict) ? ['a reason'] : []),
    ...(params === undefined && verdict === 'edit' ? ['all parameters as they are to be'] : []),
    ...(incident === undefined && verdict === 'breakGlass' ? ['the incident for which it cannot wait'] : []),
  ];
  return lacking.length === 0 ? undefined : refuse('incomplete', `${verdict} needs ${lacking.join(' and ')}`);
}

/** Whether being signed in is not enough to say it. */
export function needsSecondProof(gateway: PinnedGateway | undefined, verdict: DecisionKind): boolean {
  const { stepUp = false, deniedBySession = false } = gateway ?? {};
  switch (verdict) {
    case 'breakGlass':
      return true;
    case 'acknowledge':
      return false;
    case 'deny':
    case 'ask':
      return stepUp && !deniedBySession;
    default:
      return stepUp;
  }
}

/** Whether it counts only with a reason; to ask, the question is one. A denial never waits for words. */
export const needsReason = (verdict: DecisionKind): boolean =>
  verdict === 'revoke' || verdict === 'edit' || verdict === 'breakGlass' || verdict === 'ask';

/** Whether the payload that was signed says what is claimed. Blanks around the reason are left out when it is read. */
function says(payload: unknown, { reason = '', params, ...claimed }: DecisionStatement): boolean {
  const signed: Record<string, unknown> = Object(payload);
  return (
    Object.entries(claimed).every(([member, value]) => signed[member] === value) &&
    (typeof signed.reason === 'string' ? signed.reason.trim() : '') === reason &&
    canonicalJson(signed.params ?? null) === canonicalJson(params ?? null)
  );
}
