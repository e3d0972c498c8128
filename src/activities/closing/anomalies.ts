import { log } from '@temporalio/activity';
import type { Action } from '../../domain/action/action.ts';
import {
  type About,
  type Anomaly,
  type AnomalyRules,
  type Choice,
  holdSuffix,
  longestWithin,
} from '../../domain/attention/anomaly-rules.ts';
import { findAnomalies } from '../../domain/attention/detect-anomalies.ts';
import { timeZoneOf } from '../../domain/calendar/calendar.ts';
import { localTime } from '../../domain/calendar/local-time.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import type { AttentionRecords } from '../ports/attention-records.ts';
import type { Holds } from '../ports/holds.ts';

export interface AnomalyDeps {
  readonly installation: Installation;
  readonly holds: Holds;
  readonly attention: AttentionRecords;
}

interface Ended {
  readonly action: Action;
  readonly runId: string;
  /** The people who decided on the action. */
  readonly people: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** An anomaly, and the id of the hold that was placed for it. */
export type Alarm = Anomaly & { readonly holdId: string };

export function createAnomalies({ installation, holds, attention }: AnomalyDeps) {
  async function look(rules: AnomalyRules, { action, runId, people, at }: Ended): Promise<Alarm[]> {
    const agent = action.agent.id;
    const [history, alarms] = await Promise.all([
      attention.seenSince(at - longestWithin(rules), agent, people),
      attention.alarmsOn(agent),
    ]);
    const present = history.find(({ actionId }) => actionId === action.id);
    if (!present) return [];
    const ownSuffix = holdSuffix(action.id, runId);
    const earlierAlarms = alarms.filter(({ holdId }) => !holdId.endsWith(ownSuffix));
    const alarmsAbout = (about: About) => {
      const name = nameOf(about);
      return earlierAlarms.filter(({ holdId }) => holdId.startsWith(name));
    };
    const anomalies = findAnomalies({
      rules,
      present,
      history,
      at,
      steps: (lookup(installation.actionTypes, action.type)?.size?.raise ?? []).map(({ beyond }) => beyond),
      minuteOf: (choice) => minuteOf(installation, choice),
      foundBefore: (about) =>
        alarmsAbout(about).reduce<number | undefined>(
          (lastAt, alarm) => Math.max(lastAt ?? 0, alarm.at),
          undefined,
        ),
    });
    // Nobody is told again while the hold for the same anomaly still stands.
    const newAnomalies = anomalies.filter((anomaly) => !alarmsAbout(anomaly).some(({ stands }) => stands));
    const newAlarms = newAnomalies.map((anomaly) => ({
      ...anomaly,
      holdId: `${nameOf(anomaly)}${ownSuffix}`,
    }));
    for (const { holdId: id, ...anomaly } of newAlarms) {
      if (alarms.some(({ holdId }) => holdId === id)) continue;
      const { rule, reason } = anomaly;
      const scope = { kind: 'agent', agent } as const;
      await holds.place(
        { id, scope, placedBy: `the rule ${rule}`, reason, autonomousOnly: true, at },
        anomaly,
      );
    }
    return newAlarms;
  }

  /**
   * Finds the anomalies that the end of an action shows. From then on the agent's autonomous actions are on hold, with the evidence
   * in the ledger. A failed look never stops the action from ending: the next end of an action of its kind finds the anomaly, as
   * each look goes back as far as the rule does.
   */
  return async (end: Ended): Promise<readonly Alarm[]> => {
    const rules = installation.rules.attention?.anomalies;
    if (!rules) return [];
    try {
      return await look(rules, end);
    } catch (error) {
      log.warn('could not look for what is out of the ordinary', { actionId: end.action.id, error });
      return [];
    }
  };
}

/** The prefix of the ids of all holds for the same anomaly. */
const nameOf = ({ rule, person, agent }: About) =>
  `anomaly-${rule}-${shortOf({ rule, person: person ?? null, agent })}`;

const shortOf = (subject: object) => digestOf(subject).slice(0, 8);

/** The minute of the day of a decision, by the time zone of the person who decided, or else of the service. */
function minuteOf(installation: Installation, { person, at, on }: Choice): number {
  const timeZone = lookup(installation.people, person)?.timeZone ?? timeZoneOf(installation, on.target);
  const { hour, minute } = localTime(at, timeZone);
  return hour * 60 + minute;
}
