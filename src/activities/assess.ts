import { parseProposal } from '../contract/proposal.ts';
import type { Action } from '../domain/action.ts';
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
  /** As the agent made it, where a person changed it since. */
  readonly made?: unknown;
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

  return {
    /** Whether a proposal can be governed at all, or every fault of it. Asks nobody and changes nothing. */
    check: async (input: unknown): Promise<Checked> => {
      const answer = resolved(input);
      return answer.kind === 'refused' ? answer : { kind: 'sound' };
    },

    /** What would run and what it may do, or every fault. */
    assess: async ({ proposal, made, at, firstRunId }: AssessInput): Promise<Assessment> => {
      const answer = resolved(proposal, made);
      if (answer.kind === 'refused') return answer;
      const { action, type } = answer;
      const faults = usedBefore(await ledger.entriesOf(action.id), firstRunId);
      if (faults.length > 0) return { kind: 'refused', faults };
      return { kind: 'assessed', action, impact: await impactOf(action, type, at) };
    },
  };
}
