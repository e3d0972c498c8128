import type { Action } from '../action/action.ts';
import { OURSELVES } from '../action/take-back.ts';
import type { Requirement } from '../approval/requirement.ts';
import { approverNamed, audience, membersOf, nameIn } from './directory.ts';
import type { ApprovalRule, Installation } from './installation.ts';

/**
 * INVARIANT 4: the people on the requester's side, by name: the agent's owner, or everyone in the group that owns the agent. They never
 * count for what the agent asks for. Their delegates, and people who edit the action, join them in `ruling/stand-ins.ts`.
 *
 * @param agent with its owner as the catalog names it: `user:name` or `group:name`
 */
export const requesterSide = (
  installation: Installation,
  agent: { readonly owner: string },
): readonly string[] => [...new Set(membersOf(installation, agent.owner))];

/** Returns the requirement for an action, with nobody of the requester's side among the approvers. */
export function requirementFor(installation: Installation, action: Action, rule: ApprovalRule): Requirement {
  const requirementsOf = (rules: readonly ApprovalRule[]) =>
    rules.map((inner) => requirementFor(installation, action, inner));
  if ('allOf' in rule) return { allOf: requirementsOf(rule.allOf) };
  if ('anyOf' in rule) return { anyOf: requirementsOf(rule.anyOf) };
  const { whom: group, people } = audience(installation, action, rule.of);
  const requesters = requesterSide(installation, action.agent);
  const owner = nameIn(action.agent.owner);
  const reason =
    action.agent.id === OURSELVES.id
      ? `${owner} asked for this`
      : `${owner} owns the agent ${action.agent.id}, which asked for this`;
  return {
    atLeast: rule.atLeast,
    group,
    approvers: people
      .filter((person) => !requesters.includes(person))
      .map((person) => approverNamed(installation, person)),
    excluded: requesters.map((person) => ({ person, reason })),
  };
}
