import { actionIdIn } from '../contract/ids.ts';
import { readDecision } from '../domain/approval/parse-decision.ts';
import { judgeHandedIn } from '../domain/record/hand-in.ts';
import type { HandedIn } from './ports/handed-in.ts';
import type { Ledger } from './ports/ledger.ts';
import { failure } from './shared/failure.ts';

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
     * Keeps what a person signed, when the way to the workflow is full. INVARIANT 14: clients ask for this by themselves. Raises
     * `DecisionRefused` for a statement that was not signed by a person who is asked.
     */
    handIn: async ({ workflowId, jws }: HandInInput): Promise<void> => {
      const entries = await ledger.entriesOf(actionIdIn(workflowId));
      const judgement = judgeHandedIn(workflowId, entries, jws, now());
      if (judgement.kind === 'refused') throw failure('DecisionRefused', judgement.reason, judgement.refusal);
      const person = readDecision({ jws })?.claimed.person ?? '';
      if ((await handedIn.keep({ workflowId, person, jws }, now())) === 'full')
        throw failure('DecisionRefused', `${person} has said too much about it already`, 'tooMany');
    },
  };
}
