import { canonicalJson } from './digest.ts';
import type { Json } from './json.ts';
import { type Refused, refuse } from './refusal.ts';
import type { DecisionStatement } from './statement.ts';

/** What an approver wants to know of the agent before they decide. The answer is the agent's own words. */
export interface AskedQuestion {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly answer?: { readonly text: string; readonly at: number } | undefined;
}

/** A person changed the parameters: what was decided on until then is another action. */
export interface Edit {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly digestBefore: string;
}

/** A person let it run before those who should have decided did. */
export interface BrokenGlass {
  readonly person: string;
  readonly reason: string;
  readonly incident: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The signed statement itself. */
  readonly jws: string;
}

/** A person took back, after it was settled, that it may run. */
export interface Revocation {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The signed statement itself. */
  readonly jws: string;
}

/** So many questions, and so many edits, one action may have: what needs more is for people to talk about. */
export const MOST_QUESTIONS = 20;
export const MOST_EDITS = 5;
/** Characters of an answer. */
export const MOST_ANSWERED = 4_000;

/** What was said of an action before. */
interface SaidBefore {
  readonly params: { readonly [name: string]: Json };
  readonly edits: readonly Edit[];
  readonly questions: readonly AskedQuestion[];
}

/** Why what a person says besides a vote has no place beside what was said before. */
export function whyNotSaid(
  { params, edits, questions }: SaidBefore,
  { verdict, params: wanted }: Pick<DecisionStatement, 'verdict' | 'params'>,
): Refused | undefined {
  if (verdict === 'ask' && questions.length >= MOST_QUESTIONS)
    return refuse('tooMany', `${MOST_QUESTIONS} questions were asked: approve it, deny it, or edit it`);
  if (verdict !== 'edit') return undefined;
  if (edits.length >= MOST_EDITS)
    return refuse('tooMany', `it was edited ${MOST_EDITS} times: deny it, and have it proposed anew`);
  return canonicalJson(wanted ?? {}) === canonicalJson(params)
    ? refuse('editRefused', 'it changes nothing: approve it as it is, or name other parameters')
    : undefined;
}

/** Why an answer has no place: only a question that is open takes one, and none is written over. */
export function whyNotAnswered(questions: readonly AskedQuestion[], questionId: string): string | undefined {
  const question = questions.find(({ id }) => id === questionId);
  if (question && !question.answer) return undefined;
  const open = questions.filter(({ answer }) => !answer).map(({ id }) => id);
  const which = question ? `${questionId} is answered already` : `there is no question ${questionId}`;
  return `${which}; open: ${open.join(', ') || 'none'}`;
}
