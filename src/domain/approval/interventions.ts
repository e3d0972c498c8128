import { canonicalJson } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import type { DecisionStatement } from './decision-statement.ts';
import { type Refused, refuse } from './refusal.ts';

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
export interface SaidBefore {
  readonly params: { readonly [name: string]: Json };
  readonly edits: readonly Edit[];
  readonly questions: readonly Pick<AskedQuestion, 'id'>[];
  /** Those who said that they are looking at it. */
  readonly acknowledged: readonly string[];
  readonly glassBroken: boolean;
  readonly revoked: boolean;
  /** Whether an edit is being looked at. */
  readonly editing: boolean;
}

export const NOTHING_SAID: Omit<SaidBefore, 'params'> = {
  edits: [],
  questions: [],
  acknowledged: [],
  glassBroken: false,
  revoked: false,
  editing: false,
};

/**
 * Why what a person says besides a vote has no place beside what was said before. INVARIANT 14: what changes nothing is refused,
 * so that nobody can use up what an action can hear.
 *
 * @param questionId of the statement, should it be a question
 */
export function whyNotSaid(
  { params, edits, questions, acknowledged, glassBroken, revoked, editing }: SaidBefore,
  { verdict, person, params: wanted }: Pick<DecisionStatement, 'verdict' | 'params' | 'person'>,
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
    case 'edit':
      if (editing) return refuse('notOpen', 'another edit is looked at: wait for a moment');
      if (edits.length >= MOST_EDITS)
        return refuse('tooMany', `it was edited ${MOST_EDITS} times: deny it, and have it proposed anew`);
      return wanted && canonicalJson(wanted) === canonicalJson(params)
        ? refuse('editRefused', 'it changes nothing: approve it as it is, or name other parameters')
        : undefined;
    default:
      return undefined;
  }
}

/** Why an answer has no place: only a question that is open takes one, and none is written over. */
export function whyNotAnswered(questions: readonly AskedQuestion[], questionId: string): string | undefined {
  const question = questions.find(({ id }) => id === questionId);
  if (question && !question.answer) return undefined;
  const open = questions.filter(({ answer }) => !answer).map(({ id }) => id);
  const which = question ? `${questionId} is answered already` : `there is no question ${questionId}`;
  return `${which}; open: ${open.join(', ') || 'none'}`;
}
