import { readDecision } from '../domain/approval/parse-decision.ts';
import { judgeHandedIn } from '../domain/record/hand-in.ts';
import { failure } from './failure.ts';
import type { Ledger } from './ports/ledger.ts';

/** What a person signed, and what it is about. */
export interface Statement {
  /** `action/<actionId>` or `review/<actionId>`. */
  readonly workflowId: string;
  readonly person: string;
  /** A compact JWS. */
  readonly jws: string;
}

/**
 * What people signed and handed in beside the workflow: into our own database, where no agent can fill the door, drop it or
 * answer in its place. Both throw when the store is unreachable.
 */
export interface HandedIn {
  /** The signed statements (compact JWS) about a workflow, the oldest first. */
  of(workflowId: string): Promise<readonly string[]>;
  /**
   * Keeps a statement; the same one again changes nothing. `full`: this person has said too much about it.
   *
   * @param at milliseconds since the epoch
   */
  keep(statement: Statement, at: number): Promise<'kept' | 'full'>;
}

export interface HandInDeps {
  readonly ledger: Ledger;
  readonly handedIn: HandedIn;
  readonly now: () => number;
}

export interface HandInInput {
  readonly workflowId: string;
  readonly jws: string;
}

export function createHandIn({ ledger, handedIn, now }: HandInDeps) {
  return {
    /**
     * Keeps what a person signed, for where the way to the workflow is full. INVARIANT 14: clients ask for it by themselves. Raises
     * `DecisionRefused` for what nobody signed who is asked.
     */
    handIn: async ({ workflowId, jws }: HandInInput): Promise<void> => {
      const entries = await ledger.entriesOf(workflowId.slice(workflowId.indexOf('/') + 1));
      const judged = judgeHandedIn(workflowId, entries, jws, now());
      if (judged.kind === 'refused') throw failure('DecisionRefused', judged.reason, judged.refusal);
      const person = readDecision({ jws })?.claimed.person ?? '';
      if ((await handedIn.keep({ workflowId, person, jws }, now())) === 'full')
        throw failure('DecisionRefused', `${person} has said too much about it already`, 'tooMany');
    },
  };
}
