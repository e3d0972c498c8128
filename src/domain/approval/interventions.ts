import { canonicalJson } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import type { DecisionStatement } from './decision-statement.ts';
import { type Refused, refuse } from './refusal.ts';

/** A question of an approver to the agent before they decide. The answer is the agent's own words. */
export interface AskedQuestion {
  readonly id: string;
  readonly person: string;
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly answer?: { readonly text: string; readonly at: number } | undefined;
}

/** A change of the parameters by a person. What was decided before the edit was about another action and does not count for this one. */
export interface Edit {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly digestBefore: string;
}

/** The record that a person let the action run before its approvers decided. */
export interface BrokenGlass {
  readonly person: string;
  readonly reason: string;
  readonly incident: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The signed statement itself. */
  readonly jws: string;
}

/** The record that a person revoked the permission to run after the action was settled. */
export interface Revocation {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The signed statement itself. */
  readonly jws: string;
}

/** The record that a person keeps an effect of which the watch could not tell whether it did harm. */
export interface Kept {
  readonly by: string;
  readonly reason: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The signed statement itself. */
  readonly jws: string;
}

/** The record that a person has a watch go on that could not tell. */
export type Extended = Kept;

/** How often the watch of one action is extended. An action that cannot be told from noise for that long needs a person's judgement. */
export const MOST_EXTENSIONS = 3;

/** The most questions and the most edits of one action. If it needs more, people should talk to each other. */
export const MOST_QUESTIONS = 20;
export const MOST_EDITS = 5;
/** The longest answer, in characters. */
export const MOST_ANSWERED = 4_000;

/** What people said about an action so far. */
export interface SaidBefore {
  readonly params: { readonly [name: string]: Json };
  readonly edits: readonly Edit[];
  readonly questions: readonly Pick<AskedQuestion, 'id'>[];
  /** The people who said that they are looking at the action. */
  readonly acknowledged: readonly string[];
  readonly glassBroken: boolean;
  readonly revoked: boolean;
  readonly kept: boolean;
  /** How often its watch was extended. */
  readonly extensions: number;
  /** Whether an edit is being checked. */
  readonly editing: boolean;
}

export const NOTHING_SAID: Omit<SaidBefore, 'params'> = {
  edits: [],
  questions: [],
  acknowledged: [],
  glassBroken: false,
  revoked: false,
  kept: false,
  extensions: 0,
  editing: false,
};

/**
 * Returns why a statement other than a vote is refused, given what was said before; undefined when it counts. INVARIANT 14: a statement
 * that changes nothing is refused, so that nobody can use up the number of statements that an action can take.
 *
 * @param questionId the id that the statement gets if it is a question
 */
export function whyNotSaid(
  { params, edits, questions, acknowledged, glassBroken, revoked, kept, extensions, editing }: SaidBefore,
  { verdict, person, params: newParams }: Pick<DecisionStatement, 'verdict' | 'params' | 'person'>,
  questionId: string,
): Refused | undefined {
  switch (verdict) {
    case 'ask':
      if (questions.some(({ id }) => id === questionId))
        return refuse('unchanged', `${person} has asked that already`);
      return questions.length >= MOST_QUESTIONS
        ? refuse('tooMany', `${MOST_QUESTIONS} questions were asked: approve it, deny it, or edit it`)
        : undefined;
    case 'acknowledge':
      return acknowledged.includes(person)
        ? refuse('unchanged', `${person} has said already that they are looking at it`)
        : undefined;
    case 'breakGlass':
      return glassBroken ? refuse('unchanged', 'somebody broke the glass already') : undefined;
    case 'revoke':
      return revoked ? refuse('unchanged', 'somebody revoked it already: it is being taken back') : undefined;
    case 'keep':
      return kept ? refuse('unchanged', 'somebody keeps it already') : undefined;
    case 'extend':
      if (kept) return refuse('unchanged', 'somebody keeps it already');
      if (editing) return refuse('notOpen', 'another extension is recorded: wait for a moment');
      return extensions >= MOST_EXTENSIONS
        ? refuse('tooMany', `its watch was extended ${MOST_EXTENSIONS} times: keep it, or revoke it`)
        : undefined;
    case 'edit':
      if (editing) return refuse('notOpen', 'another edit is looked at: wait for a moment');
      if (edits.length >= MOST_EDITS)
        return refuse('tooMany', `it was edited ${MOST_EDITS} times: deny it, and have it proposed anew`);
      return newParams && canonicalJson(newParams) === canonicalJson(params)
        ? refuse('editRefused', 'it changes nothing: approve it as it is, or name other parameters')
        : undefined;
    default:
      return undefined;
  }
}

/** Returns why an answer is refused, or undefined. Only an open question takes an answer, and no answer is overwritten. */
export function whyNotAnswered(questions: readonly AskedQuestion[], questionId: string): string | undefined {
  const question = questions.find(({ id }) => id === questionId);
  if (question && !question.answer) return undefined;
  const openIds = questions.filter(({ answer }) => !answer).map(({ id }) => id);
  const problem = question ? `${questionId} is answered already` : `there is no question ${questionId}`;
  return `${problem}; open: ${openIds.join(', ') || 'none'}`;
}
