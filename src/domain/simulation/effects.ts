import { medianOf } from '../analysis/rank-test.ts';
import type { AnswerMode } from './answer.ts';
import { type Answered, type Case, CLASSES, type Class } from './case.ts';
import { type Ending, endedWell, wentWrong } from './ending.ts';

/** A ruling that could not be read, so that nothing could be ruled on again. */
export interface Unread {
  readonly actionId: string;
  readonly at: number;
  readonly why: string;
}

/** How many rulings could be ruled on again, and why the others could not. */
export interface Coverage {
  readonly rulings: number;
  readonly replayed: number;
  /** Those that cannot be ruled on again, by reason, the most frequent first. */
  readonly notReplayable: readonly { readonly why: string; readonly count: number }[];
}

/** What the folder in force says today about the same rulings. */
export interface Today {
  readonly same: number;
  /** Otherwise than on record, because the rules changed since. */
  readonly byRules: number;
  /** Otherwise than on record by the very same rules: our own code rules differently now. */
  readonly byCode: number;
}

/** An action of which the candidate says something else, with what became of it. */
export interface Notable {
  readonly actionId: string;
  readonly at: number;
  readonly title: string;
  readonly agent: string;
  readonly before: string;
  readonly after: string;
  /** What became of it, in words. */
  readonly ended: string;
}

/** A number now and under the candidate. */
export interface Beside {
  readonly before: number;
  readonly after: number;
}

export interface Waiting {
  /** The time that actions would wait longer in all, in milliseconds, and the time that they would wait less. */
  readonly addedMs: number;
  readonly savedMs: number;
  /** In the installation's currency, where the cost is known. */
  readonly addedCost: number;
  readonly savedCost: number;
  /** How many of the added and saved times are not those of the action itself but typical ones of its type. */
  readonly estimated: number;
  /** Actions that would wait otherwise, and nobody knows how long: nobody ever answered. */
  readonly unknown: number;
  /** Actions that would wait otherwise, and whose cost of waiting is not known. */
  readonly withoutCost: number;
}

/** What a candidate would have changed. Of an action that was ruled on several times, the last ruling counts from `wouldHaveRun` on. */
export interface Effects {
  readonly coverage: Coverage;
  readonly classes: Readonly<Record<Class, number>>;
  readonly today: Today;
  /** What would have run without anybody's approval, and went wrong or was denied by people. */
  readonly wouldHaveRun: readonly Notable[];
  /** What would have waited for people, or not run, and ended well as it was. */
  readonly wouldHaveWaited: readonly Notable[];
  readonly asks: {
    readonly all: Beside;
    /** Everybody whose number changes, those with the largest change first. */
    readonly people: readonly (Beside & { readonly person: string })[];
    /** The hours of the day (UTC) in which people are asked, in order. */
    readonly hours: readonly (Beside & { readonly hour: number })[];
  };
  readonly waiting: Waiting;
}

/** Counts what a candidate would have changed. @param endings by the id of the action */
export function effectsOf(
  cases: readonly Case[],
  unread: readonly Unread[],
  endings: ReadonlyMap<string, Ending>,
): Effects {
  const classes = Object.fromEntries(
    CLASSES.map((each) => [each, cases.filter((one) => one.class === each).length]),
  ) as Record<Class, number>;
  const lastCases = [...new Map(cases.map((each) => [each.actionId, each])).values()];
  return {
    coverage: coverageOf(cases, unread),
    classes: { ...classes, notReplayable: classes.notReplayable + unread.length },
    today: todayOf(cases),
    ...notables(lastCases, endings),
    asks: asksOf(lastCases),
    waiting: waitingOf(lastCases, endings),
  };
}

function coverageOf(cases: readonly Case[], unread: readonly Unread[]): Coverage {
  const reasons = [
    ...cases.flatMap((each) => (each.class === 'notReplayable' ? each.because : [])),
    ...unread.map(({ why }) => why),
  ];
  const counts = new Map<string, number>();
  for (const why of reasons) counts.set(why, (counts.get(why) ?? 0) + 1);
  return {
    rulings: cases.length + unread.length,
    replayed: cases.filter(({ replayed }) => replayed !== undefined).length,
    notReplayable: [...counts]
      .map(([why, count]) => ({ why, count }))
      .sort((a, b) => b.count - a.count || (a.why < b.why ? -1 : 1)),
  };
}

function todayOf(cases: readonly Case[]): Today {
  const count = (since: NonNullable<Case['replayed']>['since']) =>
    cases.filter(({ replayed }) => replayed?.since === since).length;
  return { same: count('same'), byRules: count('rules'), byCode: count('code') };
}

type Replayed = Case & { readonly replayed: NonNullable<Case['replayed']> };
const isReplayed = (each: Case): each is Replayed => each.replayed !== undefined;

/** How strictly a mode keeps an action: 0 runs by itself. */
const HELD_BACK: Readonly<Record<AnswerMode, number>> = {
  execute: 0,
  executeAfterWindow: 1,
  executeWithApproval: 2,
  recommend: 3,
  denied: 4,
  refused: 4,
};

function notables(
  cases: readonly Case[],
  endings: ReadonlyMap<string, Ending>,
): Pick<Effects, 'wouldHaveRun' | 'wouldHaveWaited'> {
  const wouldHaveRun: Notable[] = [];
  const wouldHaveWaited: Notable[] = [];
  for (const each of cases.filter(isReplayed)) {
    const ending = endings.get(each.actionId);
    if (!ending) continue;
    const { before, after } = each.replayed;
    const wrong = wentWrong(ending);
    if (wrong !== undefined && runsAlone(after, ending) && !runsAlone(before, ending))
      wouldHaveRun.push(notable(each, wrong));
    if (endedWell(ending) && HELD_BACK[after.mode] > HELD_BACK[before.mode])
      wouldHaveWaited.push(notable(each, 'it succeeded'));
  }
  return { wouldHaveRun, wouldHaveWaited };
}

const notable = ({ actionId, at, title, agent, replayed }: Replayed, ended: string): Notable => ({
  actionId,
  at,
  title,
  agent,
  before: replayed.before.text,
  after: replayed.after.text,
  ended,
});

/** Whether an action runs although nobody approves it. In a window, people who denied it in time would have stopped it. */
function runsAlone({ mode, windowMs = 0 }: Answered, { outcome, answeredMs }: Ending): boolean {
  if (mode === 'execute') return true;
  if (mode !== 'executeAfterWindow') return false;
  return outcome !== 'deniedByPerson' || answeredMs === undefined || answeredMs > windowMs;
}

function asksOf(cases: readonly Case[]): Effects['asks'] {
  const people = new Map<string, { before: number; after: number }>();
  const hours = new Map<number, { before: number; after: number }>();
  const all = { before: 0, after: 0 };
  for (const { at, replayed } of cases.filter(isReplayed)) {
    const hour = new Date(at).getUTCHours();
    for (const side of ['before', 'after'] as const) {
      const { asked } = replayed[side];
      for (const person of asked) countOf(people, person)[side] += 1;
      if (asked.length > 0) {
        countOf(hours, hour)[side] += 1;
        all[side] += 1;
      }
    }
  }
  return {
    all,
    people: [...people]
      .map(([person, counts]) => ({ person, ...counts }))
      .filter(({ before, after }) => before !== after)
      .sort(
        (a, b) =>
          Math.abs(b.after - b.before) - Math.abs(a.after - a.before) || (a.person < b.person ? -1 : 1),
      ),
    hours: [...hours].map(([hour, counts]) => ({ hour, ...counts })).sort((a, b) => a.hour - b.hour),
  };
}

function countOf<Key>(counts: Map<Key, { before: number; after: number }>, key: Key) {
  const count = counts.get(key) ?? { before: 0, after: 0 };
  counts.set(key, count);
  return count;
}

const HOUR_MS = 3_600_000;

/**
 * Counts the waiting of actions that ran, and run under both folders. An action that waits for people waits as long as people took for it; where
 * nobody was asked, as long as half of such actions did.
 */
function waitingOf(cases: readonly Case[], endings: ReadonlyMap<string, Ending>): Waiting {
  const typical = typicalAnswers(cases, endings);
  const total = {
    addedMs: 0,
    savedMs: 0,
    addedCost: 0,
    savedCost: 0,
    estimated: 0,
    unknown: 0,
    withoutCost: 0,
  };
  for (const { actionId, actionType, replayed } of cases.filter(isReplayed)) {
    const { before, after } = replayed;
    if (HELD_BACK[before.mode] > 2 || HELD_BACK[after.mode] > 2) continue;
    if (before.mode === after.mode && before.windowMs === after.windowMs) continue;
    const ending = endings.get(actionId);
    if (!ending?.ran) continue;
    const own = ending.answeredMs;
    const answerMs = own ?? typical(actionType);
    const asksPeople = [before, after].some(({ mode }) => mode === 'executeWithApproval');
    if (asksPeople && answerMs === undefined) {
      total.unknown += 1;
      continue;
    }
    if (asksPeople && own === undefined) total.estimated += 1;
    const changeMs = waitMs(after, answerMs, own) - waitMs(before, answerMs, own);
    const direction = changeMs > 0 ? 'added' : 'saved';
    total[`${direction}Ms`] += Math.abs(changeMs);
    if (after.waitingPerHour === undefined) total.withoutCost += 1;
    else total[`${direction}Cost`] += (Math.abs(changeMs) / HOUR_MS) * after.waitingPerHour;
  }
  return { ...total, addedCost: money(total.addedCost), savedCost: money(total.savedCost) };
}

/** How long an action waits, in milliseconds. @param own how long people took for this very action, if they were asked */
function waitMs({ mode, windowMs = 0 }: Answered, answerMs = 0, own?: number): number {
  if (mode === 'execute') return 0;
  // In a window most people are silent: only who answered this very action ends it early.
  return mode === 'executeAfterWindow' ? Math.min(windowMs, own ?? windowMs) : answerMs;
}

/** Returns how long people typically take: the median for the action type, else that of all. Undefined: nobody ever answered. */
function typicalAnswers(cases: readonly Case[], endings: ReadonlyMap<string, Ending>) {
  const answers = cases.flatMap(({ actionId, actionType }) => {
    const answeredMs = endings.get(actionId)?.answeredMs;
    return answeredMs === undefined ? [] : { actionType, answeredMs };
  });
  const ofAll = median(answers.map(({ answeredMs }) => answeredMs));
  const byType = new Map<string, number | undefined>();
  return (actionType: string): number | undefined => {
    if (!byType.has(actionType)) {
      const ofType = answers.filter((answer) => answer.actionType === actionType);
      byType.set(actionType, median(ofType.map(({ answeredMs }) => answeredMs)));
    }
    return byType.get(actionType) ?? ofAll;
  };
}

function median(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : medianOf(values.toSorted((a, b) => a - b));
}

const money = (amount: number) => Math.round(amount * 100) / 100;

/** What a candidate comes to: it is looser somewhere; nothing is looser, as far as that is known; or nothing is looser. */
export type Verdict = 'looser' | 'notKnown' | 'notLooser';

/** INVARIANT 7: what could not be ruled on again, or depends on what was not recorded, is never "not looser". Neither is nothing at all. */
export function verdictOf({ coverage, classes }: Pick<Effects, 'coverage' | 'classes'>): Verdict {
  if (classes.loosened > 0) return 'looser';
  const isKnown = coverage.rulings > 0 && classes.perhaps === 0 && classes.notReplayable === 0;
  return isKnown ? 'notLooser' : 'notKnown';
}
