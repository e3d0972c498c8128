import type { OutcomeKind } from '../action/outcome.ts';

/** How one action should end. */
export interface ExpectedOfAction {
  /** Any one of these. `open`: it has not ended when the exercise has. `refused`: it was not taken as a proposal. */
  readonly outcome?: readonly (OutcomeKind | 'open' | 'refused')[] | undefined;
  /** Whether it had an effect without a person's approval. */
  readonly withoutPeople?: boolean | undefined;
  /** How long an answer may take at most, in milliseconds. */
  readonly answeredWithin?: number | undefined;
}

/** What should hold of the whole exercise: numbers are the most that is right. */
export interface Expected {
  readonly wrong?: number | undefined;
  readonly unheard?: number | undefined;
  readonly messagesPerPerson?: number | undefined;
  readonly withoutPeople?: number | undefined;
}
