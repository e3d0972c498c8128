import type { Tier } from '../action/action.ts';
import { canDecide, type Quorum, type Requirement, textOf, waysOf } from '../approval/requirement.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import type { ModeName } from '../policy/policy.ts';
import type { Judgement } from '../ruling/judge.ts';
import { written } from '../shared/duration-text.ts';

/** What a folder says about an action. */
export type Answer =
  /** The proposal does not fit, or a limit on requests denies it. */
  | { readonly kind: 'refused'; readonly reasons: readonly string[] }
  | (Judgement & {
      /** In the installation's currency. Absent: nobody stated it, or nobody knows whether the target was in trouble. */
      readonly waitingPerHour?: number | undefined;
    });

/** How an action goes on by an answer. */
export type AnswerMode = ModeName | 'denied' | 'refused';

export function modeOf(answer: Answer): AnswerMode {
  if (answer.kind === 'refused') return 'refused';
  return answer.kind === 'forbid' ? 'denied' : answer.mode;
}

/** 1 to 4: its tier; 5: nothing runs and nobody is asked. */
const frictionOf = (answer: Answer): Tier | 5 => (answer.kind === 'permit' ? answer.tier : 5);

/** The answer in words, as what an action does. */
export function answerText(answer: Answer): string {
  if (answer.kind === 'refused') return `is refused (${answer.reasons.join(', ')})`;
  if (answer.kind === 'forbid')
    return answer.outcome === 'undeliverable' ? 'is denied, as nobody could decide' : 'is denied by policy';
  switch (answer.mode) {
    case 'execute':
      return 'runs at once';
    case 'executeAfterWindow':
      return `runs after ${written(routeDurationOf(answer.route))} unless somebody denies it`;
    case 'executeWithApproval':
      return `waits for ${textOf(answer.requirement)}`;
    case 'recommend':
      return 'is only recommended';
  }
}

/** What is looser, and what is stricter, in a later answer than in an earlier one. Both empty: they come to the same. */
export interface Difference {
  readonly looser: readonly string[];
  readonly stricter: readonly string[];
}

/**
 * Compares two answers. Looser: the action may run with less friction, or in some case in which it would not have run before, as when other people
 * may approve, fewer people must, or fewer people can stop it.
 */
export function differenceOf(before: Answer, after: Answer): Difference {
  const change = frictionOf(after) - frictionOf(before);
  const text = `it ${answerText(before)}; then it ${answerText(after)}`;
  if (change !== 0) return { looser: change < 0 ? [text] : [], stricter: change > 0 ? [text] : [] };
  if (before.kind !== 'permit' || after.kind !== 'permit') return { looser: [], stricter: [] };
  const parts = [watched(before, after), windows(before, after), approvals(before, after)];
  return {
    looser: parts.flatMap(({ looser }) => looser),
    stricter: parts.flatMap(({ stricter }) => stricter),
  };
}

const SAME: Difference = { looser: [], stricter: [] };

type Permit = Extract<Answer, { kind: 'permit' }>;

function watched(before: Permit, after: Permit): Difference {
  const { watchForMs: was = 0 } = before;
  const { watchForMs: is = 0 } = after;
  if (was === is) return SAME;
  const text = `policies want it watched for ${durationText(is)}, and not for ${durationText(was)}`;
  return is < was ? { looser: [text], stricter: [] } : { looser: [], stricter: [text] };
}

const durationText = (ms: number) => written(ms) || '0s';

function windows(before: Permit, after: Permit): Difference {
  if (before.mode !== 'executeAfterWindow' || after.mode !== 'executeAfterWindow') return SAME;
  const [was, is] = [before, after].map(({ route }) => routeDurationOf(route));
  const [couldDeny, canDeny] = [before, after].map(({ requirement }) => peopleAbleIn(requirement));
  const lost = couldDeny?.filter((person) => !canDeny?.includes(person)) ?? [];
  const gained = canDeny?.filter((person) => !couldDeny?.includes(person)) ?? [];
  const times = `its window lasts ${durationText(is ?? 0)}, and not ${durationText(was ?? 0)}`;
  return {
    looser: [
      ...((is ?? 0) < (was ?? 0) ? [times] : []),
      ...(lost.length > 0 ? [`${lost.join(', ')} can no longer stop it`] : []),
    ],
    stricter: [
      ...((is ?? 0) > (was ?? 0) ? [times] : []),
      ...(gained.length > 0 ? [`${gained.join(', ')} can stop it too`] : []),
    ],
  };
}

function approvals(before: Permit, after: Permit): Difference {
  if (before.mode !== 'executeWithApproval' || after.mode !== 'executeWithApproval') return SAME;
  const text = `it waits for ${textOf(after.requirement)}, and not for ${textOf(before.requirement)}${
    textOf(after.requirement) === textOf(before.requirement) ? ': other people belong to it' : ''
  }`;
  return {
    looser: implies(after.requirement, before.requirement) ? [] : [text],
    stricter: implies(before.requirement, after.requirement) ? [] : [text],
  };
}

const peopleAbleIn = (requirement: Requirement): string[] => [
  ...new Set(waysOf(requirement).flatMap((way) => way.flatMap(ableIn))),
];

const ableIn = ({ approvers }: Quorum): string[] => approvers.filter(canDecide).map(({ person }) => person);

/** Whether each group of people that meets the first requirement is known to meet the second. */
export const implies = (first: Requirement, second: Requirement): boolean =>
  waysOf(first).every((way) => waysOf(second).some((needed) => covers(way, needed)));

/** Whether each of these quorums is met by the people of a quorum of its own in the way. */
function covers(way: readonly Quorum[], needed: readonly Quorum[]): boolean {
  const [next, ...rest] = needed;
  if (!next) return true;
  return way.some(
    (quorum, i) =>
      meets(quorum, next) &&
      covers(
        way.filter((_, other) => other !== i),
        rest,
      ),
  );
}

/** Whether any choice of people that completes the one quorum completes the other. */
function meets(quorum: Quorum, needed: Quorum): boolean {
  const others = ableIn(quorum).filter((person) => !ableIn(needed).includes(person));
  return quorum.atLeast - others.length >= needed.atLeast;
}
