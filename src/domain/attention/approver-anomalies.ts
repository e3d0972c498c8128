import { written } from '../shared/duration-text.ts';
import { type AnomalyFound, type AnomalyRules, anomalyEvidence, type Choice } from './anomaly-rules.ts';

/** The decisions of one person, with everything that the rules need to judge them. */
export interface Track {
  readonly person: string;
  /** The agent of the action that was decided on last. */
  readonly agent: string;
  /** When the person decided on that action. All times in milliseconds since the epoch. */
  readonly decidedAt: number;
  /** When that action closed, which may be long after the decision. Rules that look back for days do so from here. */
  readonly at: number;
  /** The decisions of this person that count, in any order. */
  readonly choices: readonly Choice[];
  /** Returns the minutes from midnight in the time zone of the person who decided. */
  readonly minuteOf: (choice: Choice) => number;
}

type Thresholds<Rule extends keyof AnomalyRules> = NonNullable<AnomalyRules[Rule]>;

/**
 * Returns the largest group of decisions within a time, with the decision in question among them. Actions do not close in the order in
 * which they were decided on, so the rule must find the whole group at the action that closes last.
 */
function densest(choices: readonly Choice[], { decidedAt }: Track, withinMs: number): readonly Choice[] {
  return choices
    .filter(({ at }) => at <= decidedAt && at > decidedAt - withinMs)
    .map((first) => choices.filter(({ at }) => at >= first.at && at < first.at + withinMs))
    .reduce((largest, candidate) => (candidate.length > largest.length ? candidate : largest), []);
}

const approvals = ({ choices, at }: Track, withinMs: number) =>
  choices.filter((choice) => choice.verdict === 'approve' && choice.at > at - withinMs);

const anomalyFound = (choices: readonly Choice[], reason: string): AnomalyFound => ({
  reason,
  evidence: anomalyEvidence(choices.map(({ at, on: { actionId } }) => ({ actionId, at }))),
});

export function tooFast(
  track: Track,
  { fasterThanMs, times, withinMs }: Thresholds<'tooFast'>,
): AnomalyFound {
  // When the approver's clock is behind, the decision seems to precede the question. Such a decision counts as fast, too.
  const quickApprovals = track.choices.filter(
    ({ verdict, at, on }) => verdict === 'approve' && at - on.ruledAt < fasterThanMs,
  );
  const densestQuick = densest(quickApprovals, track, withinMs);
  if (densestQuick.length < times) return undefined;
  const { person } = track;
  return anomalyFound(
    densestQuick,
    `${person} approved ${densestQuick.length} actions within ${written(withinMs)}, each less than ${written(fasterThanMs)} after it was asked for`,
  );
}

export function alwaysYes(
  { person, choices, at }: Track,
  { approvals, withinMs }: Thresholds<'alwaysYes'>,
): AnomalyFound {
  const last = choices
    .filter((choice) => choice.at > at - withinMs && choice.verdict !== 'breakGlass')
    .toSorted((a, b) => b.at - a.at)
    .slice(0, approvals);
  if (last.length < approvals || last.some(({ verdict }) => verdict !== 'approve')) return undefined;
  return anomalyFound(last, `the last ${approvals} decisions of ${person} are all approvals`);
}

export function oddHours(
  track: Track,
  { from, until, times, share, withinMs }: Thresholds<'oddHours'>,
): AnomalyFound {
  const recentApprovals = approvals(track, withinMs);
  const isOdd = (minute: number) =>
    from < until ? minute >= from && minute < until : minute >= from || minute < until;
  const oddApprovals = recentApprovals.filter((choice) => isOdd(track.minuteOf(choice)));
  if (oddApprovals.length < times || oddApprovals.length < share * recentApprovals.length) return undefined;
  return anomalyFound(
    oddApprovals,
    `${oddApprovals.length} of ${recentApprovals.length} approvals of ${track.person} within ${written(withinMs)} came between ${clock(from)} and ${clock(until)}`,
  );
}

export function burst(track: Track, { approvals: most, withinMs }: Thresholds<'burst'>): AnomalyFound {
  const densestApprovals = densest(
    track.choices.filter(({ verdict }) => verdict === 'approve'),
    track,
    withinMs,
  );
  if (densestApprovals.length < most) return undefined;
  return anomalyFound(
    densestApprovals,
    `${track.person} approved ${densestApprovals.length} actions within ${written(withinMs)}`,
  );
}

export function brokenGlass(track: Track, { times, withinMs }: Thresholds<'breakGlass'>): AnomalyFound {
  const glassBreaks = track.choices.filter(({ verdict }) => verdict === 'breakGlass');
  const densestBreaks = densest(glassBreaks, track, withinMs);
  if (densestBreaks.length < times) return undefined;
  return anomalyFound(
    densestBreaks,
    `${track.person} let ${densestBreaks.length} actions run past everybody else within ${written(withinMs)}`,
  );
}

/** Finds one person who gives most approvals of an agent. @param choices everybody's decisions on what the agent asked for */
export function repeatedPair(
  { person, agent, at }: Track,
  choices: readonly Choice[],
  { approvals, share, withinMs }: Thresholds<'repeatedPair'>,
): AnomalyFound {
  // When only one or two people may decide, it is normal that the same person does.
  const agentApprovals = choices.filter(
    ({ verdict, on, at: when }) =>
      verdict === 'approve' && on.agent === agent && on.entitled >= FEW && when > at - withinMs,
  );
  const ownApprovals = agentApprovals.filter((choice) => choice.person === person);
  if (ownApprovals.length < approvals || ownApprovals.length < share * agentApprovals.length)
    return undefined;
  return anomalyFound(
    ownApprovals,
    `${person} gave ${ownApprovals.length} of the ${agentApprovals.length} approvals that ${agent} got within ${written(withinMs)}, where at least ${FEW} people could decide`,
  );
}

const FEW = 3;

const clock = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
