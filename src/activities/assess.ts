import { parseProposal } from '../contract/proposal.ts';
import type { Action } from '../domain/action.ts';
import type { Impact } from '../domain/impact.ts';
import type { Fault } from '../domain/json.ts';
import { type CheckParams, type Resolved, resolve } from '../domain/resolve.ts';
import { createImpact, type ImpactDeps } from './impact.ts';

type Refused = { readonly kind: 'refused'; readonly faults: readonly Fault[] };

export type Checked = Refused | { readonly kind: 'sound' };

export type Assessment =
  | Refused
  | { readonly kind: 'assessed'; readonly action: Action; readonly impact: Impact };

export interface AssessDeps extends ImpactDeps {
  readonly checkParams: CheckParams;
}

export function createAssess(deps: AssessDeps) {
  const { installation, checkParams } = deps;
  const impactOf = createImpact(deps);

  function resolved(input: unknown, made: unknown = input): Resolved {
    const parsed = parseProposal(input);
    if (parsed.kind === 'refused') return parsed;
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

    /**
     * What would run and what it may do, or every fault.
     *
     * @param at milliseconds since the epoch, the workflow's time
     * @param made as the agent made it, where a person changed it since
     */
    assess: async (input: unknown, at: number, made?: unknown): Promise<Assessment> => {
      const answer = resolved(input, made);
      if (answer.kind === 'refused') return answer;
      const { action, type } = answer;
      return { kind: 'assessed', action, impact: await impactOf(action, type, at) };
    },
  };
}
