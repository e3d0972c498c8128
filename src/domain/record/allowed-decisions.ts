import { type Ballot, whyNotCast, whyNotWithdrawn } from '../approval/ballot.ts';
import { DECISION_KINDS, type DecisionKind } from '../approval/decision-statement.ts';
import { type SaidBefore, whyNotSaid } from '../approval/interventions.ts';
import { entitled, isInTime, type Question, whyNotByGateway } from '../approval/verify-decision.ts';
import { questionOn } from '../ruling/open-question.ts';
import type { ActionState, Status } from './action-state.ts';

/** The statuses after people decided and before the action is closed. */
const UNDER_WAY: readonly Status[] = ['admitting', 'executing', 'watching'];

/**
 * Returns the question that people can answer now; undefined when there is none. The workflow judges statements by it, and the pages offer
 * decisions by it.
 *
 * @param settling whether the action was decided on and the status does not say so yet
 */
export function questionNow(
  about: Pick<ActionState, 'workflowId' | 'runId'>,
  { status, ruling, deadline }: Pick<ActionState, 'status' | 'ruling' | 'deadline'>,
  settling = false,
): Question | undefined {
  if (!ruling) return undefined;
  if (status === 'waiting' && deadline !== undefined && !settling)
    return questionOn(about, ruling, { kind: 'waiting', deadline });
  if (status === 'undecided' && deadline !== undefined)
    return questionOn(about, ruling, { kind: 'inconclusive', deadline });
  return settling || UNDER_WAY.includes(status) ? questionOn(about, ruling, { kind: 'underWay' }) : undefined;
}

/** Returns what was said about an action so far. @param editing whether an edit is being checked */
export const saidOn = (
  { questions, edits, acknowledgements = [], breakGlass, revocation, kept, extensions = [] }: ActionState,
  params: SaidBefore['params'],
  editing: boolean,
): SaidBefore => ({
  params,
  edits,
  questions,
  acknowledged: acknowledgements.map(({ person }) => person),
  glassBroken: breakGlass !== undefined,
  revoked: revocation !== undefined,
  kept: kept !== undefined,
  extensions: extensions.length,
  editing,
});

/**
 * Returns the kinds of statements that would count if this person, signed in at the gateway, made them now. It applies the rules that judge
 * the statement itself later, and gives nobody a right.
 *
 * @param now milliseconds since the epoch
 */
export function offered(
  question: Question,
  { ballot, said }: { readonly ballot: Ballot; readonly said: SaidBefore },
  person: string,
  now: number,
): readonly DecisionKind[] {
  return DECISION_KINDS.filter((verdict) => {
    const approver = entitled(question, { person, verdict });
    if ('kind' in approver || whyNotByGateway(approver, question.gateway) !== undefined) return false;
    if (!isInTime(question, verdict, now)) return false;
    switch (verdict) {
      case 'approve':
      case 'deny':
        return whyNotCast(ballot, { person, verdict, decidedAt: now }) === undefined;
      case 'withdraw':
        return whyNotWithdrawn(ballot, question.requirement, { person, decidedAt: now }) === undefined;
      default:
        return whyNotSaid(said, { person, verdict }, '') === undefined;
    }
  });
}
