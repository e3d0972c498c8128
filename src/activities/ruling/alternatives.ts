import type { Proposal } from '../../domain/action/action.ts';
import {
  type AlternativeFacts,
  type AlternativeProposal,
  actionsAmong,
  asNoAction,
  asRuled,
} from '../../domain/background/alternatives.ts';
import type { Authorize } from '../../domain/policy/policy.ts';
import { resolve } from '../../domain/proposal/resolve-proposal.ts';
import { judge } from '../../domain/ruling/judge.ts';
import type { Ledger } from '../ports/ledger.ts';
import type { ResolvingDeps } from '../shared/resolve-proposal-again.ts';
import { PATIENCE_MS, within } from '../shared/within.ts';
import { askedOf } from './asked.ts';
import { createImpact, type ImpactDeps } from './impact.ts';

export interface AlternativesDeps extends ResolvingDeps, ImpactDeps {
  readonly ledger: Ledger;
  readonly authorize: Authorize;
}

/**
 * Finds what the alternatives that an agent names as actions would be ruled: by the rules that rule on an action, and by what the
 * installation, the metrics and the ledger say now. It only reads: nothing is recorded, started or asked of people. Never throws.
 * INVARIANT 10: the ruling on the action itself does not go by it.
 */
export function createAlternatives(deps: AlternativesDeps) {
  const { installation, checkParams, authorize } = deps;
  const assess = createImpact(deps);

  async function lookInto(
    { place, proposal }: AlternativeProposal,
    signedProposal: Proposal,
    at: number,
  ): Promise<AlternativeFacts> {
    const resolution = resolve(installation, proposal, checkParams, signedProposal);
    if (resolution.kind === 'refused') return asNoAction(place, resolution.faults);
    const { action, type } = resolution;
    const impact = await assess(action, type, at);
    const { asked } = await askedOf(deps, { action, impact, proposal, editors: [] }, at);
    return asRuled(place, asked, judge(installation, authorize, asked));
  }

  return (proposal: Proposal, at: number): Promise<AlternativeFacts[]> =>
    Promise.all(
      actionsAmong(proposal).map((alternative) => {
        const notFoundOut = (reason: string): AlternativeFacts => ({
          kind: 'notFoundOut',
          place: alternative.place,
          reason,
        });
        return within(
          PATIENCE_MS,
          lookInto(alternative, proposal, at).catch(() => notFoundOut('what it needs could not be read')),
          () => notFoundOut('not found out in time'),
        );
      }),
    );
}
