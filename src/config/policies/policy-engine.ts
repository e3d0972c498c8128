import type { Authorize, PolicyAction, PolicyMention } from '../../domain/policy/policy.ts';

/** A policy as its file has it, understood by itself. Offsets count UTF-16 units. */
export interface WrittenPolicy {
  readonly effect: 'permit' | 'forbid';
  /** `@name("value")`. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly text: string;
  /** Where its text begins in the file. */
  readonly offset: number;
  /** The actions that its scope names; all where it names none. */
  readonly actions: readonly PolicyAction[];
  /** Every entity that it names besides actions, and where in its text. */
  readonly entities: readonly { readonly type: string; readonly id: string; readonly offset: number }[];
  /** The attributes of the context that it reads, and the values that it compares each one with. */
  readonly reads: Readonly<Record<string, readonly (number | string)[]>>;
}

/** What is wrong at a place in a text, and what would pass. */
export interface PolicyProblem {
  readonly offset: number;
  readonly problem: string;
}

export type ValidationProblem = PolicyProblem & {
  /** The index of the text that it is in. */
  readonly policy: number;
};

/** The names from which the schema of an installation is made. */
export interface Vocabulary {
  readonly actionTypes: readonly string[];
  readonly environments: readonly string[];
}

/** A policy that may be asked. */
export type Policy = PolicyMention & { readonly text: string };

/** What understands the policy language. */
export interface PolicyEngine {
  /** Takes a file apart. A policy with a fault is a problem and not among the policies. */
  parse(text: string): {
    readonly policies: readonly WrittenPolicy[];
    readonly problems: readonly PolicyProblem[];
  };
  /** Checks the texts of policies strictly against the schema. What is only suspicious is a warning. */
  validate(
    vocabulary: Vocabulary,
    texts: readonly string[],
  ): { readonly problems: readonly ValidationProblem[]; readonly warnings: readonly ValidationProblem[] };
  /** Makes these policies ready to be asked. Their ids must differ. */
  prepare(policies: readonly Policy[]): Authorize;
}
