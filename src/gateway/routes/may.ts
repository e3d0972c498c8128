import { REPORTED, type Reported } from '../../domain/action/reported.ts';
import { NOTHING_SAID } from '../../domain/approval/interventions.ts';
import { approversOf, excludedFrom } from '../../domain/approval/requirement.ts';
import { whyNotByGateway } from '../../domain/approval/verify-decision.ts';
import type { ActionState, ReviewState } from '../../domain/record/action-state.ts';
import { offered, questionNow, saidOn } from '../../domain/record/allowed-decisions.ts';
import { whyNotReported } from '../../domain/record/report.ts';
import { reviewQuestion } from '../../domain/record/review-on-record.ts';
import { isRequester } from '../auth/agent-pass.ts';
import type { May } from '../pages/index.ts';

/**
 * The forms that a person is shown: those whose decision would count now, by the same rules as the workflow's.
 *
 * @param now milliseconds since the epoch
 */
export function mayOf(state: ActionState, review: ReviewState | undefined, person: string, now: number): May {
  const { votes, withdrawals, action, status } = state;
  const question = questionNow(state, state);
  const ballotAndSaid = { ballot: { votes, withdrawals }, said: saidOn(state, action?.params ?? {}, false) };
  const verdicts = question ? offered(question, ballotAndSaid, person, now) : [];
  const whyNot = status === 'waiting' && question ? whyNone(question, person) : undefined;
  return {
    ...Object.fromEntries(
      verdicts
        .filter((verdict) => verdict !== 'edit' || !action?.takesBack)
        .map((verdict) => [verdict, true]),
    ),
    ...(mayReview(state, review, person, now) ? { review: true } : {}),
    ...(status !== 'closed' && isRequester(person, state) ? { cancel: true } : {}),
    ...(mayTakeBack(state, person) ? { takeBack: true } : {}),
    report: reportOf(state, person),
    ...(whyNot === undefined ? {} : { whyNot }),
  };
}

/** Who may really ask is judged where the wish is carried out. The side that asked for the action is not offered it. */
const mayTakeBack = (state: ActionState, person: string): boolean =>
  state.status === 'closed' &&
  state.outcome?.kind === 'succeeded' &&
  state.action?.rollback !== undefined &&
  !isRequester(person, state);

/** What a person can report now. Whether the report counts is judged where it is carried out. */
function reportOf(state: ActionState, person: string): Reported | undefined {
  const { status, outcome, reports = [], action, ruling } = state;
  if (status !== 'closed' || !outcome || !action || !ruling) return undefined;
  const about = {
    actionId: action.id,
    person,
    outcome: outcome.kind,
    earlier: reports,
    requester: ruling.people.requester,
    agent: action.agent.id,
  };
  return REPORTED.find((found) => whyNotReported({ ...about, found }).length === 0);
}

function mayReview(
  { ruling }: ActionState,
  review: ReviewState | undefined,
  person: string,
  now: number,
): boolean {
  if (!ruling || !review || review.result) return false;
  const { installation, gateway } = ruling;
  const { digest, requirement, votes } = review;
  const subject = { installation, digest, gateway, review: { requirement } };
  // Only the workflow knows how long the review stays open. It is open while it has no result.
  const question = reviewQuestion(subject, review, Number.POSITIVE_INFINITY);
  const ballotAndSaid = { ballot: { votes, withdrawals: [] }, said: { ...NOTHING_SAID, params: {} } };
  const verdicts = offered(question, ballotAndSaid, person, now);
  return verdicts.includes('approve') || verdicts.includes('deny');
}

type Question = NonNullable<ReturnType<typeof questionNow>>;

/** Why a person is not asked, who could expect to be. */
function whyNone({ requirement, gateway }: Question, person: string): string | undefined {
  const exclusionOfPerson = excludedFrom(requirement).find((exclusion) => exclusion.person === person);
  if (exclusionOfPerson)
    return `You may not ${exclusionOfPerson.denies ? 'approve' : 'decide on'} this: ${exclusionOfPerson.reason}.`;
  const approver = approversOf(requirement).find((candidate) => candidate.person === person);
  const problem = approver && whyNotByGateway(approver, gateway);
  return problem === undefined ? undefined : `You cannot decide on this here: ${problem}.`;
}
