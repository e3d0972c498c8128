import type { Action } from '../action/action.ts';
import { approversOf, excludedFrom, groupsIn } from '../approval/requirement.ts';
import { nameIn } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import type { Authorize } from '../policy/policy.ts';
import { judge, type RulingInput } from './judge.ts';

/**
 * Returns why the person who asks may not have an action taken back; undefined when they may. Who may approve the action today may ask. INVARIANT 4: the
 * side that asked for the action may not.
 *
 * @param asked the action that would take it back
 * @param ran the action that would be taken back
 */
export function whyNotTakeBack(
  installation: Installation,
  authorize: Authorize,
  { action, ...facts }: Omit<RulingInput, 'declaredTier' | 'editors' | 'deniedBefore'>,
  ran: Pick<Action, 'agent'>,
): string | undefined {
  const person = nameIn(action.agent.owner);
  const judgement = judge(installation, authorize, {
    ...facts,
    action: { ...action, agent: ran.agent },
  });
  if (!('requirement' in judgement)) return `nobody may approve it today: ${judgement.reasons.join('; ')}`;
  const { requirement } = judgement;
  if (approversOf(requirement).some((approver) => approver.person === person)) return undefined;
  const excluded = excludedFrom(requirement).find((exclusion) => exclusion.person === person);
  return `${person} may not ask, only who may approve such an action may: ${
    excluded ? excluded.reason : `${person} is not in ${groupsIn(requirement)}`
  }`;
}
