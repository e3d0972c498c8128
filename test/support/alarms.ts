import {
  type Anomaly,
  type AnomalyRules,
  longestWithin,
  type RuledBefore,
} from '../../src/domain/attention/anomaly-rules.ts';
import { findAnomalies } from '../../src/domain/attention/detect-anomalies.ts';

const DAY = 86_400_000;

/** So long an action is watched before it is over. */
const WATCHED = 10 * 60_000;

/** Beyond these an action counts for more. */
const STEPS = [0.5, 1];

/** Everything that is found over a time, each action looked at as it ends. People lift a hold a day after it was placed. */
export function alarmsIn(
  work: readonly RuledBefore[],
  rules: AnomalyRules,
): (Anomaly & { readonly at: number })[] {
  const ends = work
    .map((seen) => ({ seen, at: Math.max(seen.ruledAt, ...seen.decisions.map(({ at }) => at)) + WATCHED }))
    .toSorted((a, b) => a.at - b.at);
  const found = new Map<string, number>();
  const alarms: (Anomaly & { readonly at: number })[] = [];
  const by = new Map<string, { readonly seen: RuledBefore; readonly at: number }[]>();
  const reach = longestWithin(rules);
  for (const end of ends) {
    const { seen, at } = end;
    const names = [seen.agent, ...seen.decisions.map(({ person }) => person)];
    for (const name of names) {
      const known = (by.get(name) ?? []).filter((other) => other.at > at - reach);
      by.set(name, [...known, end]);
    }
    const history = [...new Set(names.flatMap((name) => by.get(name) ?? []).map((other) => other.seen))];
    const nameOf = ({ rule, person, agent }: Pick<Anomaly, 'rule' | 'person' | 'agent'>) =>
      `${rule} ${person} ${agent}`;
    const anomalies = findAnomalies({
      rules,
      present: seen,
      history,
      steps: seen.sizeChange === undefined ? [] : STEPS,
      at,
      minuteOf: (choice) => Math.floor((choice.at % DAY) / 60_000),
      foundBefore: (about) => found.get(nameOf(about)),
    });
    for (const anomaly of anomalies) {
      if (at < (found.get(nameOf(anomaly)) ?? Number.NEGATIVE_INFINITY) + DAY) continue;
      found.set(nameOf(anomaly), at);
      alarms.push({ ...anomaly, at });
    }
  }
  return alarms;
}
