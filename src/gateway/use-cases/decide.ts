import type { Context } from 'hono';
import { z } from 'zod';
import { decisionStatementSchema } from '../../contract/decision.ts';
import type { DecisionAnswer } from '../../contract/decision-answer.ts';
import { DecisionRefused } from '../../contract/errors.ts';
import { actionIdIn } from '../../contract/ids.ts';
import { exactRecord, text } from '../../contract/json.ts';
import { actionDigest } from '../../domain/action/action-digest.ts';
import {
  DECISION_KINDS,
  type DecisionKind,
  type DecisionStatement,
  MOST_CONFIRMED,
} from '../../domain/approval/decision-statement.ts';
import { readDecision } from '../../domain/approval/parse-decision.ts';
import type { Refused } from '../../domain/approval/refusal.ts';
import type { PinnedGateway } from '../../domain/approval/signing-gateway.ts';
import {
  needsReason,
  needsSecondProof,
  type VerifiedDecision,
} from '../../domain/approval/verify-decision.ts';
import { confirmationsOf, confirmedIn, unconfirmed } from '../../domain/findings/confirmation.ts';
import type { Finding } from '../../domain/findings/finding.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import type { ActionState } from '../../domain/record/action-state.ts';
import { judgeHandedIn } from '../../domain/record/hand-in.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { openJws } from '../../domain/shared/jws.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { inTurn } from '../auth/in-turn.ts';
import { proofSchema, proveAgain } from '../auth/step-up.ts';
import type { GatewayDeps, SignedIn } from '../ports/deps.ts';
import { requireAddressAllowed, requirePersonAllowed } from '../ports/limiter.ts';
import type { Metrics } from '../ports/metrics.ts';
import { Problem } from '../ports/problem.ts';

/** What a person says on an action or a review, with what they saw when they said it. */
export const intentSchema = z
  .strictObject({
    verdict: z.enum(DECISION_KINDS),
    /** The run of the action as it was shown. A version that is no longer shown cannot be decided on. */
    runId: z.uuid(),
    digest: z.string().regex(/^[0-9a-f]{64}$/, 'must be the digest of the action as it was shown'),
    reason: text(2_000).optional(),
    /** For `edit`: all parameters, as they should be. */
    params: exactRecord.optional(),
    /** For `breakGlass`: the id in your incident management. */
    incident: decisionStatementSchema.shape.incident,
    /** Nobody approves past a finding that weighs enough without having said so. */
    confirmed: z
      .array(z.string().max(64))
      .max(
        MOST_CONFIRMED,
        `can be ${MOST_CONFIRMED} findings at most: an action with more cannot be approved`,
      )
      .describe('for "approve": the digest of the text of each finding of weight 2 or 3')
      .optional(),
    proof: proofSchema.optional(),
  })
  .superRefine(({ verdict, reason, params, incident }, context) => {
    const addMissing = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message });
    if (reason === undefined && needsReason(verdict)) addMissing('reason', `is needed to ${WORDS[verdict]}`);
    if (params === undefined && verdict === 'edit') addMissing('params', 'are needed to edit: all of them');
    if (incident === undefined && verdict === 'breakGlass')
      addMissing('incident', 'is needed to break the glass');
  });
export type Intent = z.infer<typeof intentSchema>;

const WORDS: Readonly<Record<DecisionKind, string>> = {
  approve: 'approve',
  deny: 'deny',
  withdraw: 'withdraw',
  revoke: 'revoke',
  edit: 'edit',
  breakGlass: 'break the glass',
  ask: 'ask: it is the question',
  acknowledge: 'acknowledge',
  keep: 'keep it',
  extend: 'extend its watch',
};

/** What is decided on, as it is at this moment. */
export interface DecisionSubject {
  readonly workflowId: string;
  readonly runId: string;
  readonly digest: string;
  /** The pinned gateway. The workflow refuses a decision that is signed without it. */
  readonly gateway: PinnedGateway | undefined;
  /** What an approval must confirm where it weighs enough. Absent: nothing, as in a review. */
  readonly findings?: readonly Finding[] | undefined;
  /** What people said on it that counts. */
  readonly said: readonly { readonly person: string; readonly verdict: DecisionKind }[];
}

/** The result of a decision. `already`: the person had said the same before, and that counts. */
export type DecisionMade = DecisionAnswer & { readonly already?: true };

/** Handles one person's decisions on one subject one after the other, so that a form that is sent twice is decided once. */
const oneAtATime = inTurn();

/**
 * What an assertion proves: this verdict on this action as it was shown, with the parameters, the incident and what is confirmed, and
 * nothing else.
 */
export function aboutDecision(
  { workflowId, runId, digest }: Pick<DecisionSubject, 'workflowId' | 'runId' | 'digest'>,
  {
    verdict,
    params = null,
    incident = null,
    confirmed = [],
  }: { verdict: string; params?: unknown; incident?: unknown; confirmed?: readonly string[] | undefined },
): string {
  // In which order somebody ticks them says nothing.
  const withConfirmed = confirmed.length === 0 ? {} : { confirmed: confirmed.toSorted() };
  const content = digestOf({ params, incident, ...withConfirmed });
  return JSON.stringify(['decide', workflowId, runId, digest, verdict, content]);
}

/**
 * Signs what a person decided, and hands it in. The workflow alone judges, at that moment, whether the person may decide so.
 *
 * @param readSubject reads what is decided on, as it is on record then
 * @throws Problem when the page is older than a change, when an approval does not confirm what was found, when a second proof is missing or
 * wrong, or when the decision is refused
 */
export function decide(
  deps: GatewayDeps,
  metrics: Metrics,
  signedIn: SignedIn,
  readSubject: () => Promise<DecisionSubject>,
  intent: Intent,
): Promise<DecisionMade> {
  const { person } = signedIn;
  const { runId, verdict } = intent;
  const isSaid = ({ said }: DecisionSubject) =>
    said.some((statement) => statement.person === person && statement.verdict === verdict);
  return oneAtATime(JSON.stringify([person, runId]), async () => {
    const subject = await readSubject();
    requireSame(subject, intent);
    if (isSaid(subject)) return { already: true };
    requireConfirmed(subject, intent);
    try {
      return await sign(deps, metrics, signedIn, subject, intent);
    } catch (error) {
      // Another gateway handed in the same decision at the same moment.
      if (error instanceof DecisionRefused && isSaid(await readSubject())) return { already: true };
      throw error;
    }
  });
}

async function sign(
  deps: GatewayDeps,
  metrics: Metrics,
  signedIn: SignedIn,
  subject: DecisionSubject,
  intent: Intent,
): Promise<DecisionAnswer> {
  const { workflowId, runId, digest } = subject;
  const { verdict, proof, reason, params, incident } = intent;
  // All of them are confirmed by now, and nothing else that was sent is put into the statement.
  const confirmed =
    verdict === 'approve' ? confirmationsOf(subject.findings).map((finding) => finding.digest) : [];
  if (!proof && needsSecondProof(subject.gateway, verdict)) {
    throw new Problem(
      'step-up-needed',
      'this needs your passkey, or a code of your authenticator app: add one at /account',
    );
  }
  const authentication = proof
    ? await proveAgain(deps, signedIn, proof, aboutDecision(subject, intent))
    : 'session';
  const statement: DecisionStatement = {
    installation: deps.installation().name,
    workflowId,
    runId,
    digest,
    person: signedIn.person,
    verdict,
    decidedAt: deps.now(),
    authentication,
    ...(reason === undefined ? {} : { reason }),
    ...(verdict === 'edit' ? { params } : {}),
    ...(verdict === 'breakGlass' ? { incident } : {}),
    ...(confirmed.length === 0 ? {} : { confirmed }),
  };
  const jws = await deps.keys.sign(statement);
  const answer = await handIn(deps, workflowId, jws);
  if (confirmed.length > 0) {
    const kinds = [...new Set(confirmedIn({ confirmed }, subject.findings).map(({ kind }) => kind))];
    // What the team learns must never make a decision that counts look refused.
    await deps.looks.approvedPast(actionIdIn(workflowId), signedIn.person, kinds).catch(deps.report);
  }
  metrics.add('countersign_gateway_decisions', `{verdict="${verdict}",authentication="${authentication}"}`);
  return answer;
}

/**
 * Hands in what somebody signed: to our own database, where each step that rests on it finds it, and to the workflow. INVARIANTS 3,
 * 14: the statement is verified against the record before it is kept, and kept before anything can lose it.
 *
 * @throws DecisionRefused when it was not signed by a person who is asked, or the workflow refuses it
 */
export async function handIn(deps: GatewayDeps, workflowId: string, jws: string): Promise<DecisionAnswer> {
  const judgement = await judgedBy(deps, workflowId, jws);
  if (judgement.kind === 'refused') throw new DecisionRefused(judgement.refusal, judgement.reason);
  return keepStatement(deps, workflowId, jws, signerOf(judgement));
}

/** Verifies a statement against what is on record. */
async function judgedBy(
  { ledger, now }: GatewayDeps,
  workflowId: string,
  jws: string,
): Promise<VerifiedDecision> {
  return judgeHandedIn(workflowId, await ledger.entriesOf(actionIdIn(workflowId)), jws, now());
}

const signerOf = (judgement: Exclude<VerifiedDecision, Refused>): string =>
  judgement.kind === 'counts' ? judgement.vote.person : judgement.statement.person;

async function keepStatement(
  deps: GatewayDeps,
  workflowId: string,
  jws: string,
  person: string,
): Promise<DecisionAnswer> {
  if ((await deps.handedIn.keep({ workflowId, person, jws }, deps.now())) === 'full')
    throw new DecisionRefused('tooMany', `${person} has said too much about it already`);
  return deps.countersign.decide(workflowId, jws);
}

/**
 * Hands in what a person signed with a key of their own; anybody may bring it. INVARIANT 13: the statement is verified before
 * anything else is done with it. A sender whose statement is not signed by our people learns nothing: neither who is asked, nor
 * whether there is such an action.
 *
 * @throws DecisionRefused
 */
export async function handInSigned(
  deps: GatewayDeps,
  c: Context,
  workflowId: string,
  jws: string,
): Promise<DecisionAnswer> {
  await requireAddressAllowed(deps, c);
  const judgement = await judgedBy(deps, workflowId, jws);
  if (judgement.kind === 'refused') {
    if (isSignedByOurs(deps.installation(), jws))
      throw new DecisionRefused(judgement.refusal, judgement.reason);
    throw new DecisionRefused(
      'badSignature',
      'it is refused: it is not signed by somebody who is asked about this, or nothing waits for it here',
    );
  }
  const person = signerOf(judgement);
  await requirePersonAllowed(deps, person);
  return keepStatement(deps, workflowId, jws, person);
}

/** Whether a person of the catalog signed this with a key of their own. */
function isSignedByOurs({ people }: Pick<Installation, 'people'>, jws: string): boolean {
  const claim = readDecision({ jws })?.claimed;
  const keys = claim ? (lookup(people, claim.person)?.keys ?? []) : [];
  return openJws(jws, keys).kind === 'verified';
}

/** Checks that the subject is what the person saw. @throws Problem when it is not */
export function requireSame(
  subject: Pick<DecisionSubject, 'runId' | 'digest'>,
  { runId, digest }: { readonly [Member in 'runId' | 'digest']?: string | null | undefined },
): void {
  if (subject.runId === runId && subject.digest === digest) return;
  throw new Problem(
    'changed',
    'it has changed since you were shown it: look at it again, and decide on what it is now',
  );
}

/** Checks that an approval confirms the findings that weigh enough. @throws Problem with each that it does not confirm */
export function requireConfirmed(
  { findings }: Pick<DecisionSubject, 'findings'>,
  { verdict, confirmed = [] }: Pick<Intent, 'verdict' | 'confirmed'>,
): void {
  const missing = verdict === 'approve' ? unconfirmed(findings, confirmed) : [];
  if (missing.length === 0) return;
  throw new Problem('unconfirmed', 'an approval must confirm what was found', {
    faults: missing.map(({ digest, words }) => ({
      where: 'confirmed',
      problem: `does not say "${words}" (${digest})`,
    })),
  });
}

/**
 * What is decided on, by what is on record; what a workflow says of itself is not signed. INVARIANT 2: the digest is computed anew.
 *
 * @throws DecisionRefused when there is nothing to decide on yet
 */
export function subjectOf(state: ActionState): DecisionSubject {
  const { workflowId, runId, ruling, action, findings } = state;
  if (!ruling || !action) throw new DecisionRefused('notOpen', 'it is not ruled on yet');
  const digest = actionDigest(action, ruling.pins);
  return { workflowId, runId, digest, gateway: ruling.gateway, findings, said: saidOf(state) };
}

const saidOf = ({
  votes,
  acknowledgements = [],
  breakGlass,
  revocation,
  kept,
  extensions = [],
}: ActionState): DecisionSubject['said'] => [
  ...votes,
  ...acknowledgements.map(({ person }) => ({ person, verdict: 'acknowledge' as const })),
  ...(breakGlass ? [{ person: breakGlass.person, verdict: 'breakGlass' as const }] : []),
  ...(revocation ? [{ person: revocation.by, verdict: 'revoke' as const }] : []),
  ...(kept ? [{ person: kept.by, verdict: 'keep' as const }] : []),
  ...extensions.map(({ by }) => ({ person: by, verdict: 'extend' as const })),
];
