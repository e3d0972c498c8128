import { mapQuorums, type Requirement } from '../approval/requirement.ts';
import type { Installation } from '../installation/installation.ts';
import { whyDenied } from './ask-policy.ts';
import type { Authorization, Authorize, PolicyQuestion } from './policy.ts';
import { person } from './policy-context.ts';

/** Returns a function that says why policy does not let a person approve; undefined when it does. Policy is asked once for each person. */
export function whyNotApprove(
  installation: Installation,
  authorize: Authorize,
  facts: Pick<PolicyQuestion, 'resource' | 'context'>,
) {
  const answers = new Map<string, Authorization>();
  return (name: string): string | undefined => {
    const principal = person(installation, name);
    const answer = answers.get(name) ?? authorize({ action: 'approve', principal, ...facts });
    answers.set(name, answer);
    if (answer.decision === 'allow') return undefined;
    return `approving is not permitted: ${whyDenied(answer.determining, answer.errors)}`;
  };
}

/** Moves the people who may not decide from the approvers to the excluded. @param whyNot why a person may not; undefined when they may */
export function permitted(
  requirement: Requirement,
  whyNot: (person: string) => string | undefined,
): Requirement {
  return mapQuorums(requirement, (quorum) => {
    const judgedApprovers = quorum.approvers.map((approver) => ({
      approver,
      reason: whyNot(approver.person),
    }));
    return {
      ...quorum,
      approvers: judgedApprovers.flatMap(({ approver, reason }) => (reason === undefined ? [approver] : [])),
      excluded: [
        ...quorum.excluded,
        ...judgedApprovers.flatMap(({ approver: { person }, reason }) =>
          reason === undefined ? [] : [{ person, reason }],
        ),
      ],
    };
  });
}
