import { digestOf } from '../shared/digest.ts';
import type { PersonDecided } from './request-facts.ts';

/** What is out of the ordinary. Each is looked for only where it is set; all times in milliseconds. */
export interface AnomalyRules {
  /** So many approvals of one person, each so soon after the action was ruled on that nobody can have read it. */
  readonly tooFast?:
    | { readonly fasterThanMs: number; readonly times: number; readonly withinMs: number }
    | undefined;
  /** The last decisions of one person, so many, are all approvals. */
  readonly alwaysYes?: { readonly approvals: number; readonly withinMs: number } | undefined;
  /** So many approvals of one person in these hours, in minutes from midnight, and at least this share of all of theirs. */
  readonly oddHours?:
    | {
        readonly from: number;
        readonly until: number;
        readonly times: number;
        readonly share: number;
        readonly withinMs: number;
      }
    | undefined;
  /** So many approvals by the same person of what one agent asks, where others could have decided, and this share of all of them. */
  readonly repeatedPair?:
    | { readonly approvals: number; readonly share: number; readonly withinMs: number }
    | undefined;
  /** So many proposals of one agent that stay just below what would cost more attention, and this share of all of its kind. */
  readonly nearThreshold?:
    | {
        /** Scores at which the installation's policies become stricter. */
        readonly risks: readonly number[];
        /** So many points below such a score are just below. */
        readonly points: number;
        /** So much of a step of size below it is just below: 0.1 is the last tenth. */
        readonly margin: number;
        readonly times: number;
        readonly share: number;
        readonly withinMs: number;
      }
    | undefined;
  /** So many approvals of one person in a short time. */
  readonly burst?: { readonly approvals: number; readonly withinMs: number } | undefined;
  /** So many times that one person let an action run at once, past everybody who would have been asked. */
  readonly breakGlass?: { readonly times: number; readonly withinMs: number } | undefined;
}

export type AnomalyRule = keyof AnomalyRules;

/** An action that was ruled on, and what people decided on it. */
export interface RuledBefore {
  readonly actionId: string;
  readonly agent: string;
  readonly actionType: string;
  readonly target: string;
  readonly risk: number;
  /** People were asked from then on. Milliseconds since the epoch. */
  readonly ruledAt: number;
  /** How many people could decide on it. */
  readonly entitled: number;
  readonly sizeChange?: number | undefined;
  readonly decisions: readonly PersonDecided[];
}

/** What was found, for people to judge. */
export interface Anomaly {
  readonly rule: AnomalyRule;
  /** Whose decisions they are. Absent: they are proposals. */
  readonly person?: string | undefined;
  /** The agent whose actions no longer run without people. */
  readonly agent: string;
  /** One sentence, with the numbers. */
  readonly reason: string;
  /** What it rests on, newest first; at most the last 50. */
  readonly evidence: readonly { readonly actionId: string; readonly at: number }[];
}

/** Whose anomaly it is, and of which kind. */
export type About = Pick<Anomaly, 'rule' | 'person' | 'agent'>;

/** What a rule found, if anything. */
export type AnomalyFound = Omit<Anomaly, keyof About> | undefined;

/** One decision, beside what it was on. */
export interface Choice extends PersonDecided {
  readonly on: RuledBefore;
}

export const choicesIn = (history: readonly RuledBefore[]): Choice[] =>
  history.flatMap((on) => on.decisions.map(({ person, verdict, at }) => ({ person, verdict, at, on })));

/** The time that any of these rules looks back, in milliseconds. */
export const longestWithin = (rules: AnomalyRules): number =>
  Math.max(
    0,
    ...Object.values(rules).map((rule: { readonly withinMs: number } | undefined) => rule?.withinMs ?? 0),
  );

export const anomalyEvidence = (
  from: readonly { readonly actionId: string; readonly at: number }[],
): Anomaly['evidence'] => from.map(({ actionId, at }) => ({ actionId, at })).toSorted((a, b) => b.at - a.at);

/** Ends the id of each hold that was placed where a run of an action ended. */
export const holdSuffix = (actionId: string, runId: string): string =>
  `-${digestOf({ actionId, runId }).slice(0, 8)}`;
