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
 * @param claim the statement as parsed from the token, still unproven
 * @param now the workflow's time, in milliseconds since the epoch
 */
export function verifyDecision(
  question: Question,
  claim: DecisionStatement,
  jws: string,
  now: number,
): VerifiedDecision {
  const { person, verdict, reason, confirmed, decidedAt, authentication } = claim;
  const approver = entitled(question, claim);
  if ('kind' in approver) return approver;
  const unproven = whyUnproven(approver, question.gateway, claim, jws);
  if (unproven !== undefined)
    return refuse('badSignature', `the decision in the name of ${person} is refused: ${unproven}`);
  const refusal = whyNotThis(question, claim, now) ?? whyNotSo(question, claim);
  if (refusal) return refusal;
  if (verdict !== 'approve' && verdict !== 'deny') return { kind: 'said', statement: claim, jws };
  const vote = { person, verdict, decidedAt, jws, authentication };
  return {
    kind: 'counts',
    vote: {
      ...vote,
      ...(reason === undefined ? {} : { reason }),
      ...(confirmed === undefined ? {} : { confirmed }),
    },
  };
}

/** INVARIANT 4: returns the approver as pinned when the person may make this statement, otherwise the refusal. */
export function entitled(
  { requirement, breakGlass, takes, workflowId }: Question,
  claim: Pick<DecisionStatement, 'person' | 'verdict'>,
): Approver | Refused {
  const { person, verdict } = claim;
  if (!takes.includes(verdict)) {
    // A person who denies a moment too late must be told that revoking still stops the action.
    const hasBegun = verdict === 'deny' && takes.includes('revoke');
    const advice = hasBegun
      ? `. It has begun; revoke takes it back: ${decideCommand(workflowId, 'revoke')}`
      : '';
    return refuse('notOpen', `${verdict} is not taken now: ${takenWhen(verdict)}${advice}`);
  }
  const glassBreaker = breakGlass?.find((candidate) => candidate.person === person);
  if (verdict === 'breakGlass' && glassBreaker) return glassBreaker;
  const exclusionOfPerson = excludedFrom(requirement).find((exclusion) => exclusion.person === person);
  if (exclusionOfPerson?.denies && AGAINST.includes(verdict)) return exclusionOfPerson.denies;
  if (exclusionOfPerson)
    return refuse('requesterSide', `${person} may not decide: ${exclusionOfPerson.reason}`);
  if (verdict === 'breakGlass') return refuse('notEntitled', `no policy lets ${person} break the glass here`);
  const approver = approversOf(requirement).find((candidate) => candidate.person === person);
  return approver ?? refuse('notEntitled', `${person} is not in ${groupsIn(requirement)}`);
}

/** INVARIANT 14: the statements that say no, or that take back a statement. Excluded people with `denies` may make them. */
const AGAINST: readonly DecisionKind[] = ['deny', 'withdraw', 'revoke'];

function takenWhen(verdict: DecisionKind): string {
  if (verdict === 'revoke') return 'it is from when people have decided until the action is closed';
  return verdict === 'keep' || verdict === 'extend'
    ? 'it is while a watch is over that could not tell'
    : 'it is while people are waited for';
}

/** INVARIANT 3: a statement that claims a signing key must carry the person's own signature; every other one that of the gateway. */
function whyUnproven(
  approver: Approver,
  gateway: PinnedGateway | undefined,
  claim: DecisionStatement,
  jws: string,
): string | undefined {
  const byOwnKey = claim.authentication === 'signing-key';
  const gatewayProblem = byOwnKey ? undefined : whyNotByGateway(approver, gateway);
  if (gatewayProblem !== undefined) return gatewayProblem;
  const openedJws = openJws(jws, byOwnKey ? approver.keys : (gateway?.keys ?? []));
  if (openedJws.kind === 'refused') return openedJws.reason;
  return says(openedJws.payload, claim) ? undefined : 'what was signed is not what is claimed';
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
function whyNotThis(question: Question, claim: DecisionStatement, now: number): Refused | undefined {
  const { installation, workflowId, runId, digest, decidedAt, verdict } = claim;
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
function whyNotSo({ gateway }: Question, claim: DecisionStatement): Refused | undefined {
  const { verdict, authentication, reason, params, incident } = claim;
  if (authentication === 'session' && needsSecondProof(gateway, verdict))
    return refuse(
      'stepUpNeeded',
      'being signed in is not enough: confirm it with a passkey or a one-time code',
    );
  const missingMembers = [
    ...(reason === undefined && needsReason(verdict) ? ['a reason'] : []),
    ...(params === undefined && verdict === 'edit' ? ['all parameters as they are to be'] : []),
    ...(incident === undefined && verdict === 'breakGlass' ? ['the incident for which it cannot wait'] : []),
  ];
  return missingMembers.length === 0
    ? undefined
    : refuse('incomplete', `${verdict} needs ${missingMembers.join(' and ')}`);
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
  verdict === 'revoke' ||
  verdict === 'keep' ||
  verdict === 'extend' ||
  verdict === 'edit' ||
  verdict === 'breakGlass' ||
  verdict === 'ask';

/** Whether the signed payload equals the claimed statement. The parser trims the reason, so it is compared trimmed. */
function says(payload: unknown, { reason = '', params, confirmed, ...claim }: DecisionStatement): boolean {
  const signedMembers: Record<string, unknown> = Object(payload);
  return (
    Object.entries(claim).every(([member, value]) => signedMembers[member] === value) &&
    (typeof signedMembers.reason === 'string' ? signedMembers.reason.trim() : '') === reason &&
    canonicalJson(signedMembers.params ?? null) === canonicalJson(params ?? null) &&
    canonicalJson(signedMembers.confirmed ?? null) === canonicalJson(confirmed ?? null)
  );
}
