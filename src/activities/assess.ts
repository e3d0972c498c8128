import { parseProposal } from '../contract/proposal.ts';
import type { Action, Proposal } from '../domain/action.ts';
import type { Impact } from '../domain/impact.ts';
import type { Fault } from '../domain/json.ts';
import { type Resolved, resolve } from '../domain/resolve.ts';
import { type CheckParams, unfit } from '../domain/unfit.ts';
import { usedBefore } from '../domain/used-before.ts';
import { createImpact, type ImpactDeps } from './impact.ts';
import type { Ledger } from './ledger.ts';

type Refused = { readonly kind: 'refused'; readonly faults: readonly Fault[] };

export type Checked = Refused | { readonly kind: 'sound' };

export type Assessment =
  | Refused
  | { readonly kind: 'assessed'; readonly action: Action; readonly impact: Impact };

export interface AssessInput {
  readonly proposal: unknown;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
  /** In which the action began: the same after each reset. */
  readonly firstRunId: string;
}

export interface AssessDeps extends ImpactDeps {
  readonly checkParams: CheckParams;
  readonly ledger: Ledger;
}

export function createAssess(deps: AssessDeps) {
  const { installation, checkParams, ledger } = deps;
  const impactOf = createImpact(deps);

  function resolved(input: unknown, made: unknown = input): Resolved {
    const parsed = parseProposal(input);
    if (parsed.kind === 'refused') {
      const { kind, faults, readable } = parsed;
      return { kind, faults: [...faults, ...unfit(installation, readable, checkParams)] };
    }
    const before = made === input ? parsed : parseProposal(made);
    return before.kind === 'refused'
      ? before
      : resolve(installation, parsed.proposal, checkParams, before.proposal);
  }

  const assessed = async (
    { action, type }: Extract<Resolved, { kind: 'resolved' }>,
    at: number,
  ): Promise<Assessment> => ({ kind: 'assessed', action, impact: await impactOf(action, type, at) });

  return {
    /** Whether a proposal can be governed at all, or every fault of it. Asks nobody and changes nothing. */
    check: async (input: unknown): Promise<Checked> => {
      const answer = resolved(input);
      return answer.kind === 'refused' ? answer : { kind: 'sound' };
    },

    /** What would run and what it may do, or every fault. */
    assess: async ({ proposal, at, firstRunId }: AssessInput): Promise<Assessment> => {
      const answer = resolved(proposal);
      if (answer.kind === 'refused') return answer;
      const faults = usedBefore(await ledger.entriesOf(answer.action.id), firstRunId);
      return faults.length > 0 ? { kind: 'refused', faults } : assessed(answer, at);
    },

    /**
     * The same of an action that is under way, and that a person changed.
     *
     * @param made as the agent made it
     */
    reassess: async (changed: Proposal, made: Proposal, at: number): Promise<Assessment> => {
      const answer = resolved(changed, made);
      return answer.kind === 'refused' ? answer : assessed(answer, at);
    },
  };
}
