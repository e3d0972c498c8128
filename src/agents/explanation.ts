/** What is said of an action beside what it is. People read it before they decide. */
export interface AgentExplanation {
  readonly summary: string;
  /** 0 to 1: how sure the agent is. */
  readonly confidence: number;
  readonly alternatives: readonly {
    readonly option: string;
    readonly confidence: number;
    readonly whyNot: string;
  }[];
  readonly evidence: readonly { readonly title: string; readonly detail: string }[];
  readonly successCriteria: readonly string[];
}

/** The name of the argument by which a model explains itself. */
export const EXPLANATION = 'explanation';
