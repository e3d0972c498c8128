import type { OutcomeKind } from '../action/outcome.ts';
import type { Report } from '../action/reported.ts';
import type { Verdict } from '../analysis/analysis-verdict.ts';
import { grouped } from '../shared/grouped.ts';

/** An action that ran and ended, and what its watch found. Times in milliseconds since the epoch. */
export interface WatchedAction {
  readonly actionId: string;
  readonly actionType: string;
  readonly target: string;
  /** 0 to 100, as ruled. */
  readonly risk: number;
  /** When it was about to run. */
  readonly ranAt: number;
  readonly closedAt: number;
  readonly outcome: OutcomeKind;
  /** Why it ended so. Absent: it was not recorded. */
  readonly reason?: string | undefined;
  /** Absent: nothing was watched. */
  readonly verdict?: Verdict['kind'] | undefined;
  readonly rollbackBeganAt?: number | undefined;
  /** What a person reported first. */
  readonly reported?: Pick<Report, 'found' | 'at'> | undefined;
}

/** A regression that the watch missed and a person reported. */
export interface Missed {
  readonly actionId: string;
  /** How long after the action it was reported, in milliseconds. */
  readonly afterMs: number;
  /** How long after the action its watch had ended, in milliseconds. */
  readonly endedMs: number;
}

/** A rollback that a person reported as wrong. */
export interface FalseRollback {
  readonly actionId: string;
  /** Why it was rolled back. */
  readonly reason: string;
}

/** How many actions of a range of the risk score ran, and how many of them went wrong. */
export interface RiskBand {
  /** `from` belongs to it, and `to` to the next one. 100 belongs to the last. */
  readonly from: number;
  readonly to: number;
  readonly ran: number;
  readonly wrong: number;
}

/** How right watches and risk scores were, by what happened. */
export interface Accuracy {
  readonly actionType: string;
  /** Absent: on all targets. */
  readonly target?: string | undefined;
  readonly ran: number;
  readonly watched: number;
  /** The regressions that watches found, without those that a person reported as false. */
  readonly found: number;
  /** How long a regression was there until half of those that were found were found, in milliseconds. Absent: none was found. */
  readonly medianDetectionMs?: number | undefined;
  readonly missed: readonly Missed[];
  readonly falseRollbacks: readonly FalseRollback[];
  readonly byRisk: readonly RiskBand[];
}

/** The width of a range of the risk score. */
const BAND = 25;

/** Returns the accuracy of each action type, and of each of its targets, in the order of their names. */
export function accuracyOf(actions: readonly WatchedAction[]): Accuracy[] {
  return grouped(actions, ({ actionType }) => actionType)
    .flatMap((ofType) => {
      const targets = grouped(ofType, ({ target }) => target).map((onTarget) => counted(onTarget, true));
      return [counted(ofType, false), ...targets];
    })
    .sort((a, b) => byName(a.actionType, b.actionType) || byName(a.target ?? '', b.target ?? ''));
}

const byName = (a: string, b: string) => (a === b ? 0 : a < b ? -1 : 1);

function counted(actions: readonly WatchedAction[], isOfTarget: boolean): Accuracy {
  const [first] = actions;
  const found = actions.filter((action) => action.verdict === 'regressed' && !isFalse(action));
  const detections = found.flatMap(({ rollbackBeganAt, ranAt }) =>
    rollbackBeganAt === undefined ? [] : [rollbackBeganAt - ranAt],
  );
  return {
    actionType: first?.actionType ?? '',
    ...(isOfTarget ? { target: first?.target } : {}),
    ran: actions.length,
    watched: actions.filter(({ verdict }) => verdict !== undefined).length,
    found: found.length,
    medianDetectionMs: median(detections),
    missed: actions
      .flatMap(({ actionId, reported, ranAt, closedAt }) =>
        reported?.found === 'regressed'
          ? [{ actionId, afterMs: reported.at - ranAt, endedMs: closedAt - ranAt }]
          : [],
      )
      .sort((a, b) => a.afterMs - b.afterMs),
    falseRollbacks: actions.filter(isFalse).map(({ actionId, reason = '' }) => ({ actionId, reason })),
    byRisk: bandsOf(actions),
  };
}

const isFalse = ({ reported }: WatchedAction) => reported?.found === 'rollbackWrong';

/** Whether it made something worse, by what is known today. */
const wentWrong = (action: WatchedAction) =>
  !isFalse(action) && (action.outcome !== 'succeeded' || action.reported?.found === 'regressed');

function bandsOf(actions: readonly WatchedAction[]): RiskBand[] {
  const bands = Array.from({ length: 100 / BAND }, (_, n) => {
    const isLast = n === 100 / BAND - 1;
    const ofBand = actions.filter(
      ({ risk }) => risk >= n * BAND && (risk < (n + 1) * BAND || (isLast && risk === 100)),
    );
    return { from: n * BAND, to: (n + 1) * BAND, ran: ofBand.length, wrong: ofBand.filter(wentWrong).length };
  });
  return bands.filter(({ ran }) => ran > 0);
}

/** The smallest value that at least half of them do not exceed. */
function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1];
}
