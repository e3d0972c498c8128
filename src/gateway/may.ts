import { approversOf, excludedFrom, type Requirement } from '../domain/requirement.ts';
import type { ActionState, ReviewState } from '../domain/state.ts';
import { isRequester } from './agents.ts';
import type { May } from './pages/index.ts';

/** After people decided and before it is closed: so long it can be revoked. */
const UNDER_WAY = ['admitting', 'executing', 'watching'];

/**
 * Which forms a person is shown. It gives nobody a right: the workflow judges each decision itself, when it is made.
 *
 * @param now milliseconds since the epoch
 */
export function mayOf(state: ActionState, review: ReviewState | undefined, person: string, now: number): May {
  const reviews = review !== undefined && review.result === undefined && has(review.requirement, person);
  const { status, ruling, votes, deadline, settlement, acknowledgements = [] } = state;
  const shown = {
    ...(reviews ? { review: true } : {}),
    ...(status !== 'closed' && isRequester(person, state) ? { cancel: true } : {}),
  };
  if (!ruling || !('requirement' in ruling)) return shown;
  const excluded = excludedFrom(ruling.requirement).find((each) => each.person === person);
  const approver = has(ruling.requirement, person) && !excluded;
  const waiting = status === 'waiting' && (deadline === undefined || now < deadline);
  const breakGlass = waiting && (ruling.breakGlass ?? []).some((each) => each.person === person);
  if (!approver) {
    const whyNot = waiting && excluded ? { whyNot: `You may not decide on this: ${excluded.reason}.` } : {};
    return { ...shown, ...whyNot, ...(breakGlass ? { breakGlass } : {}) };
  }
  const vote = votes.find((each) => each.person === person);
  const holds = ruling.route.holdMs !== undefined && acknowledgements.every((each) => each.person !== person);
  return {
    ...shown,
    ...(waiting && holds ? { acknowledge: true } : {}),
    ...(waiting ? { decide: true, ask: true, edit: true } : {}),
    ...(waiting && vote ? { withdraw: true } : {}),
    ...(breakGlass ? { breakGlass } : {}),
    ...(settlement && UNDER_WAY.includes(status) ? { revoke: true } : {}),
  };
}

const has = (requirement: Requirement, person: string) =>
  approversOf(requirement).some((each) => each.person === person);
