import type { Authorize, PolicyAction, PolicyMention } from '../../domain/policy/policy.ts';

/** A policy as its file has it, parsed by itself. Offsets count UTF-16 units. */
export interface WrittenPolicy {
  readonly effect: 'permit' | 'forbid';
  /** The annotations, written `@name("value")`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly text: string;
  /** The offset in the file at which its text begins. */
  readonly offset: number;
  /** The actions that its scope names; all of them when it names none. */
  readonly actions: readonly PolicyAction[];
  /** The entities that it names, except actions, with their offsets in its text. */
  readonly entities: readonly { readonly type: string; readonly id: string; readonly offset: number }[];
  /** The attributes of the context that it reads, with the values that it compares each one with. */
  readonly reads: Readonly<Record<string, readonly (number | string)[]>>;
}

/** A problem at an offset in a text, with what would be accepted. */
export interface PolicyProblem {
  readonly offset: number;
  readonly problem: string;
}

export type ValidationProblem = PolicyProblem & {
  /** The index of the policy's text. */
  readonly policy: number;
};

/** The names from which the schema of an installation is made. */
export interface Vocabulary {
  readonly actionTypes: readonly string[];
  readonly environments: readonly string[];
}

/** A policy that can be asked. */
export type Policy = PolicyMention & { readonly text: string };

/** An implementation of the policy language. */
export interface PolicyEngine {
  /** Parses a file. A policy with a fault is a problem and is not among the policies. */
  parse(text: string): {
    readonly policies: readonly WrittenPolicy[];
    readonly problems: readonly PolicyProblem[];
  };
  /** Checks the texts of policies strictly against the schema. A construct that is only suspicious is a warning. */
  validate(
    vocabulary: Vocabulary,
    texts: readonly string[],
  ): { readonly problems: readonly ValidationProblem[]; readonly warnings: readonly ValidationProblem[] };
  /** Prepares these policies for questions. Their ids must differ. */
  prepare(policies: readonly Policy[]): Authorize;
}
