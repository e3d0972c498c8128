import type { ValueSource } from '../../domain/installation/parameter-rule.ts';

/** What is asked for a value, without placeholders. */
export type ValueQuestion = Exclude<ValueSource, { by: 'metric' }>;

export type ValueAnswer =
  /** The whole answer, without secrets. */
  { readonly kind: 'text'; readonly text: string } | { readonly kind: 'none'; readonly reason: string };

/**
 * Asks a governed system, or a program, how something stands now. It changes nothing. Never throws for what the other side does: what
 * cannot be read, or not within the question's `timeoutMs`, is `none`.
 */
export interface ValueSources {
  ask(question: ValueQuestion): Promise<ValueAnswer>;
}
