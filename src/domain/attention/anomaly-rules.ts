import { digestOf } from '../shared/digest.ts';
import type { PersonDecided } from './request-facts.ts';

/** The anomaly rules. A rule applies only when it is set; all times in milliseconds. */
export interface AnomalyRules {
  /** This many approvals of one person, each so soon after the ruling that the person cannot have read the action. */
  readonly tooFast?:
    | { readonly fasterThanMs: number; readonly times: number; readonly withinMs: number }
    | undefined;
  /** The last decisions of one person, this many, are all approvals. */
  readonly alwaysYes?: { readonly approvals: number; readonly withinMs: number } | undefined;
  /** This many approvals of one person in these hours (minutes from midnight), and at least this share of all their approvals. */
  readonly oddHours?:
    | {
        readonly from: number;
        readonly until: number;
        readonly times: number;
        readonly share: number;
        readonly withinMs: number;
      }
    | undefined;
  /** This many approvals by one person of one agent's actions that others could have decided, and this share of all such approvals. */
  readonly repeatedPair?:
    | { readonly approvals: number; readonly share: number; readonly withinMs: number }
    | undefined;
  /** This many proposals of one agent just below a threshold that costs more attention, and this share of all of that kind. */
  readonly nearThreshold?:
    | {
        /** The risk scores at which the installation's policies become stricter. */
        readonly risks: readonly number[];
        /** A score is just below when it is at most this number of points lower. */
        readonly points: number;
        /** A size is just below a step within this share of the step: 0.1 is the last tenth. */
        readonly margin: number;
        readonly times: number;
        readonly share: number;
        readonly withinMs: number;
      }
    | undefined;
  /** This many approvals of one person in a short time. */
  readonly burst?: { readonly approvals: number; readonly withinMs: number } | undefined;
  /** This many times that one person broke the glass, past everybody who would have been asked. */
  readonly breakGlass?: { readonly times: number; readonly withinMs: number } | undefined;
}

export type AnomalyRule = keyof AnomalyRules;

/** An action that was ruled on, with people's decisions on it. */
export interface RuledBefore {
  readonly actionId: string;
  readonly agent: string;
  readonly actionType: string;
  readonly target: string;
  readonly risk: number;
  /** When people were asked: milliseconds since the epoch. */
  readonly ruledAt: number;
  /** How many people could decide on it. */
  readonly entitled: number;
  readonly sizeChange?: number | undefined;
  readonly decisions: readonly PersonDecided[];
}

/** An anomaly that was found, for people to judge. */
export interface Anomaly {
  readonly rule: AnomalyRule;
  /** The person whose decisions they are. Absent: they are proposals. */
  readonly person?: string | undefined;
  /** The agent whose actions no longer run without people. */
  readonly agent: string;
  /** One sentence, with the numbers. */
  readonly reason: string;
  /** The actions that show it, newest first; at most the last 50. */
  readonly evidence: readonly { readonly actionId: string; readonly at: number }[];
}

/** The rule, the person and the agent of an anomaly. */
export type About = Pick<Anomaly, 'rule' | 'person' | 'agent'>;

/** The result of a rule; undefined when it found nothing. */
export type AnomalyFound = Omit<Anomaly, keyof About> | undefined;

/** One decision, with the action that it was about. */
export interface Choice extends PersonDecided {
  readonly on: RuledBefore;
}

export const choicesIn = (history: readonly RuledBefore[]): Choice[] =>
  history.flatMap((proposal) =>
    proposal.decisions.map(({ person, verdict, at }) => ({ person, verdict, at, on: proposal })),
  );

/** The longest time that any of these rules looks back, in milliseconds. */
export const longestWithin = (rules: AnomalyRules): number =>
  Math.max(
    0,
    ...Object.values(rules).map((rule: { readonly withinMs: number } | undefined) => rule?.withinMs ?? 0),
  );

export const anomalyEvidence = (
  from: readonly { readonly actionId: string; readonly at: number }[],
): Anomaly['evidence'] => from.map(({ actionId, at }) => ({ actionId, at })).toSorted((a, b) => b.at - a.at);

/** Returns the end of the id of each hold that was placed when a run of an action ended. */
export const holdSuffix = (actionId: string, runId: string): string =>
  `-${digestOf({ actionId, runId }).slice(0, 8)}`;
