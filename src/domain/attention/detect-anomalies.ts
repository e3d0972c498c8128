import { nearThreshold } from './agent-anomalies.ts';
import {
  type About,
  type Anomaly,
  type AnomalyFound,
  type AnomalyRule,
  type AnomalyRules,
  type Choice,
  choicesIn,
  type RuledBefore,
} from './anomaly-rules.ts';
import {
  alwaysYes,
  brokenGlass,
  burst,
  oddHours,
  repeatedPair,
  type Track,
  tooFast,
} from './approver-anomalies.ts';

/** The input of the search for anomalies when an action closes. */
export interface Looking {
  readonly rules: AnomalyRules;
  /** The action that just closed. Anomalies without it are skipped: the check at the end of an earlier action looked for them. */
  readonly present: RuledBefore;
  /** The actions of its agent, and the actions that the same people decided on, together with this action. */
  readonly history: readonly RuledBefore[];
  /** The sizes of the action's type beyond which an action counts for more. */
  readonly steps: readonly number[];
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly minuteOf: Track['minuteOf'];
  /** Returns when the same anomaly was found last. The evidence for that one does not count again. */
  readonly foundBefore: (about: About) => number | undefined;
}

/** Returns the anomalies that the closing action completes. */
export function findAnomalies(looking: Looking): Anomaly[] {
  const { present, history } = looking;
  const choices = choicesIn(history);
  const people = [...new Set(present.decisions.map(({ person }) => person))];
  return [...people.flatMap((person) => byPerson(looking, choices, person)), ...byAgent(looking)];
}

function byPerson(
  { rules, present, at, minuteOf, foundBefore }: Looking,
  allChoices: readonly Choice[],
  person: string,
): Anomaly[] {
  const { agent } = present;
  const decidedAt = Math.max(
    ...present.decisions.filter((decision) => decision.person === person).map((decision) => decision.at),
  );
  const look = <Rule extends AnomalyRule>(
    rule: Rule,
    find: (
      track: Track,
      thresholds: NonNullable<AnomalyRules[Rule]>,
      countedChoices: readonly Choice[],
    ) => AnomalyFound,
  ): Anomaly[] => {
    const thresholds = rules[rule];
    if (!thresholds) return [];
    const foundAt = foundBefore({ rule, person, agent }) ?? Number.NEGATIVE_INFINITY;
    const countedChoices = allChoices.filter((choice) => choice.at > foundAt);
    const choices = countedChoices.filter((choice) => choice.person === person);
    return completed(
      find({ person, agent, decidedAt, at, choices, minuteOf }, thresholds, countedChoices),
      present,
      {
        rule,
        person,
        agent,
      },
    );
  };
  return [
    ...look('tooFast', tooFast),
    ...look('alwaysYes', alwaysYes),
    ...look('oddHours', oddHours),
    ...look('burst', burst),
    ...look('breakGlass', brokenGlass),
    ...look('repeatedPair', (track, thresholds, countedChoices) =>
      repeatedPair(track, countedChoices, thresholds),
    ),
  ];
}

function byAgent({ rules, present, history, steps, at, foundBefore }: Looking): Anomaly[] {
  const { agent, actionType } = present;
  const anomalyKey = { rule: 'nearThreshold', agent } as const;
  if (!rules.nearThreshold) return [];
  const foundAt = Math.max(foundBefore(anomalyKey) ?? 0, at - rules.nearThreshold.withinMs);
  const proposals = history.filter(
    (proposal) =>
      proposal.agent === agent && proposal.actionType === actionType && proposal.ruledAt > foundAt,
  );
  return completed(nearThreshold(present, proposals, steps, rules.nearThreshold), present, anomalyKey);
}

/** Keeps the anomaly only when the closing action is part of the evidence, and cuts the evidence to what people read. */
const completed = (anomaly: AnomalyFound, { actionId }: RuledBefore, anomalyKey: About): Anomaly[] =>
  anomaly?.evidence.some((fact) => fact.actionId === actionId)
    ? [{ ...anomalyKey, ...anomaly, evidence: anomaly.evidence.slice(0, MOST_EVIDENCE) }]
    : [];

const MOST_EVIDENCE = 50;
