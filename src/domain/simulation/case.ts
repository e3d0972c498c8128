import { routeDurationOf } from '../escalation/route-duration.ts';
import type { Installation } from '../installation/installation.ts';
import { lookup } from '../shared/lookup.ts';
import { type Answer, type AnswerMode, answerText, type Difference, differenceOf, modeOf } from './answer.ts';
import type { Folder } from './folder.ts';
import type { RecordedRuling } from './recorded-ruling.ts';
import { type RuledAgain, ruleAgain } from './rule-again.ts';

/** How a candidate rules on an action, beside the folder that is in force. */
export const CLASSES = ['unchanged', 'loosened', 'tightened', 'perhaps', 'notReplayable'] as const;
export type Class = (typeof CLASSES)[number];

/** An answer as far as what follows is counted from it. */
export interface Answered {
  readonly mode: AnswerMode;
  /** What the action does by it, in words. */
  readonly text: string;
  /** The people whom the first message goes to. Empty: nobody is asked. */
  readonly asked: readonly string[];
  /** How long a window lasts, in milliseconds. */
  readonly windowMs?: number | undefined;
  /** In the installation's currency. Absent: nobody stated it, or nobody knows whether the target was in trouble. */
  readonly waitingPerHour?: number | undefined;
}

/** Whether the folder in force still rules as is on record, and if not, what changed: its rules, or only our own code. */
export type Since = 'same' | 'rules' | 'code';

/** One ruling of the ledger, ruled on again by the folder in force and by a candidate. */
export interface Case {
  readonly actionId: string;
  readonly runId: string;
  /** When it was ruled on, in milliseconds since the epoch. */
  readonly at: number;
  readonly title: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly agent: string;
  readonly class: Class;
  /** Why it is of this class, in words. */
  readonly because: readonly string[];
  /** Absent: it was not replayed. */
  readonly replayed?:
    | {
        readonly recorded: AnswerMode;
        readonly before: Answered;
        readonly after: Answered;
        readonly since: Since;
        /** What the folder in force says otherwise than what is on record, in words. */
        readonly sinceBecause: readonly string[];
      }
    | undefined;
}

/**
 * Rules on a recorded action by the folder in force and by a candidate, and compares the two. The record is not what the candidate is compared
 * with, because the rules and our own code may have changed since: that is told apart, in `since`.
 */
export const caseOf = (active: Folder, candidate: Folder, recorded: RecordedRuling): Case =>
  comparedTo(ruleAgain(active, active.installation, recorded), active.installation, candidate, recorded);

/** The same for a ruling that the folder in force has just made: it need not be made again. */
export function caseBeside(active: Installation, candidate: Folder, recorded: RecordedRuling): Case {
  const { waitingPerHour } = recorded.impact.costs;
  const answer: Answer = {
    ...recorded.ruling,
    ...(waitingPerHour === undefined ? {} : { waitingPerHour }),
  };
  const made: RuledAgain = { kind: 'ruled', answers: { calm: answer, worst: answer }, unknown: [] };
  return comparedTo(made, active, candidate, recorded);
}

function comparedTo(
  before: RuledAgain,
  active: Installation,
  candidate: Folder,
  recorded: RecordedRuling,
): Case {
  const { actionId, runId, at, action } = recorded;
  const after = ruleAgain(candidate, active, recorded);
  return {
    actionId,
    runId,
    at,
    title: action.title,
    actionType: action.type,
    target: action.target,
    environment: action.environment,
    agent: action.agent.id,
    ...compared(before, after),
    ...(before.kind === 'ruled' && after.kind === 'ruled'
      ? { replayed: replayedAs(active, recorded, before, after) }
      : {}),
  };
}

function compared(before: RuledAgain, after: RuledAgain): Pick<Case, 'class' | 'because'> {
  if (after.kind === 'notReplayable')
    return { class: 'notReplayable', because: [`in the candidate, ${after.why}`] };
  if (before.kind === 'notReplayable')
    return { class: 'notReplayable', because: [`in the active folder, ${before.why}`] };
  const calm = differenceOf(before.answers.calm, after.answers.calm);
  const worst = differenceOf(before.answers.worst, after.answers.worst);
  const classNow = classOf(calm);
  const because = [...calm.looser, ...calm.stricter];
  if (classNow === classOf(worst)) return { class: classNow, because };
  const unknown = [...new Set([...before.unknown, ...after.unknown])];
  return { class: 'perhaps', because: unknown.map((fact) => `the ledger does not have ${fact}`) };
}

/** What is looser in one respect and stricter in another is looser: it may run where it would not have run. */
function classOf({ looser, stricter }: Difference): 'loosened' | 'tightened' | 'unchanged' {
  if (looser.length > 0) return 'loosened';
  return stricter.length > 0 ? 'tightened' : 'unchanged';
}

type Ruled = Extract<RuledAgain, { kind: 'ruled' }>;

function replayedAs(
  { digests }: Installation,
  { ruling, action }: RecordedRuling,
  before: Ruled,
  after: Ruled,
): NonNullable<Case['replayed']> {
  const { policy, catalog, actionTypes } = digests;
  const { pins } = ruling;
  const isSameFolder =
    pins.policy === policy &&
    pins.catalog === catalog &&
    pins.actionType === lookup(actionTypes, action.type);
  const { looser, stricter } = differenceOf(ruling, before.answers.calm);
  const sinceBecause = [...looser, ...stricter];
  return {
    recorded: modeOf(ruling),
    before: answeredBy(before.answers.calm),
    after: answeredBy(after.answers.calm),
    since: sinceBecause.length === 0 ? 'same' : isSameFolder ? 'code' : 'rules',
    sinceBecause,
  };
}

function answeredBy(answer: Answer): Answered {
  const rest = { mode: modeOf(answer), text: answerText(answer) };
  if (answer.kind === 'refused') return { ...rest, asked: [] };
  const { waitingPerHour } = answer;
  const cost = waitingPerHour === undefined ? {} : { waitingPerHour };
  if (!('route' in answer)) return { ...rest, asked: [], ...cost };
  const told = answer.route.steps.find((step) => 'people' in step);
  return {
    ...rest,
    asked: told && 'people' in told ? told.people : [],
    ...(answer.mode === 'executeAfterWindow' ? { windowMs: routeDurationOf(answer.route) } : {}),
    ...cost,
  };
}
