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

/** What a decision must match in order to count. */
export interface Question {
  /** The name of the installation. */
  readonly installation: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  readonly requirement: Requirement;
  /** Milliseconds since the epoch: the first instant that is too late. Infinity: there is no deadline. */
  readonly deadline: number;
  /** Whether a denial counts after the deadline, too: silence lets the action run, and it has not started yet. */
  readonly deniedLate?: true | undefined;
  /** The kinds of statements that count now. */
  readonly takes: readonly DecisionKind[];
  /** Absent: people sign only with their own keys. */
  readonly gateway?: PinnedGateway | undefined;
  /** The people who may break the glass. */
  readonly breakGlass?: readonly Approver[] | undefined;
}

export type VerifiedDecision =
  | { readonly kind: 'counts'; readonly vote: Vote }
  /** A valid statement that is not a vote. */
  | { readonly kind: 'said'; readonly statement: DecisionStatement; readonly jws: string }
  | Refused;

/** The statements by which people vote: two verdicts, and the withdrawal. */
export const VOTING: readonly DecisionKind[] = ['approve', 'deny', 'withdraw'];

/** How far a signer's clock may run ahead of the server's. */
export const CLOCK_SKEW_MS = 5 * 60_000;

/**
 * INVARIANTS 3, 5, 6: a decision counts when an entitled person signed it, or the gateway for them, for this run and this digest, before
 * the deadline, however late it is seen. Returns the vote or the statement, or why it is refused.
 *
 * @param claimed the statement as parsed from the token, still unproven
 * @param now the workflow's time, in milliseconds since the epoch
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

/** INVARIANT 4: returns the approver as pinned when the person may make this statement, otherwise the refusal. */
export function entitled(
  { requirement, breakGlass, takes, workflowId }: Question,
  claimed: Pick<DecisionStatement, 'person' | 'verdict'>,
): Approver | Refused {
  const { person, verdict } = claimed;
  if (!takes.includes(verdict)) {
    // A person who denies a moment too late must be told that revoking still stops the action.
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

/** INVARIANT 14: the statements that say no, or that take back a statement. Excluded people with `denies` may make them. */
const AGAINST: readonly DecisionKind[] = ['deny', 'withdraw', 'revoke'];

const takenWhen = (verdict: DecisionKind) =>
  verdict === 'revoke'
    ? 'it is from when people have decided until the action is closed'
    : 'it is while people are waited for';

/** INVARIANT 3: a statement that claims a signing key must carry the person's own signature; every other one that of the gateway. */
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

/** Returns why the gateway cannot sign for this person; undefined when it can. */
export const whyNotByGateway = (
  { signsIn }: Approver,
  gateway: PinnedGateway | undefined,
): string | undefined =>
  gateway && signsIn
    ? undefined
    : 'it was ruled on without a gateway, so it takes a signing key of their own';

/** INVARIANT 14: a denial still counts while on-call is paged that nobody objected. @param at the time of signing */
export const isInTime = (
  { deadline, deniedLate }: Pick<Question, 'deadline' | 'deniedLate'>,
  verdict: DecisionKind,
  at: number,
): boolean => at < deadline || (deniedLate === true && verdict === 'deny');

/** Returns why the statement does not fit the question: another installation, run or digest, or a time out of range. */
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

/** Returns what the statement lacks: a second proof, a reason, parameters or an incident. */
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

/** Whether a statement of this kind needs a second proof; being signed in is not enough then. */
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

/** Whether the statement counts only with a reason; for `ask` the reason is the question. A denial needs no reason. */
export const needsReason = (verdict: DecisionKind): boolean =>
  verdict === 'revoke' || verdict === 'edit' || verdict === 'breakGlass' || verdict === 'ask';

/** Whether the signed payload equals the claimed statement. The parser trims the reason, so it is compared trimmed. */
function says(payload: unknown, { reason = '', params, ...claimed }: DecisionStatement): boolean {
  const signed: Record<string, unknown> = Object(payload);
  return (
    Object.entries(claimed).every(([member, value]) => signed[member] === value) &&
    (typeof signed.reason === 'string' ? signed.reason.trim() : '') === reason &&
    canonicalJson(signed.params ?? null) === canonicalJson(params ?? null)
  );
}
