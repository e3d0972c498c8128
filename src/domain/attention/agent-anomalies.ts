import { type AnomalyFound, type AnomalyRules, anomalyEvidence, type RuledBefore } from './anomaly-rules.ts';

type Rule = NonNullable<AnomalyRules['nearThreshold']>;

/**
 * Finds an agent that knows the thresholds and stays just below them. It needs a share of the proposals, not only a number: honest work
 * comes near a threshold now and then, and whole numbers often lie exactly on one.
 *
 * @param proposals those that count, of one agent and one action type, in any order
 * @param steps the sizes, relative to the current value, beyond which such an action counts for more
 */
export function nearThreshold(
  { agent, actionType }: Pick<RuledBefore, 'agent' | 'actionType'>,
  proposals: readonly RuledBefore[],
  steps: readonly number[],
  { times, share, risks, points, margin }: Rule,
): AnomalyFound {
  const isNear = ({ risk, sizeChange }: RuledBefore) =>
    risks.some((score) => risk < score && risk >= score - points) ||
    (sizeChange !== undefined &&
      steps.some((step) => sizeChange <= step && sizeChange > step * (1 - margin)));
  const nearProposals = proposals.filter(isNear);
  if (nearProposals.length < times || nearProposals.length < share * proposals.length) return undefined;
  return {
    reason: `${nearProposals.length} of ${proposals.length} proposals of ${agent} for ${actionType} stayed just below what would cost more attention`,
    evidence: anomalyEvidence(nearProposals.map(({ actionId, ruledAt }) => ({ actionId, at: ruledAt }))),
  };
}
