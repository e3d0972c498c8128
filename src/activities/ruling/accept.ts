import { usedBefore } from '../../domain/proposal/idempotency.ts';
import type { Resolved } from '../../domain/proposal/resolve-proposal.ts';
import { misdirected } from '../../domain/proposal/signed-proposal.ts';
import { refusalAt } from '../../domain/shared/json.ts';
import { resolved } from '../shared/resolve-proposal-again.ts';
import type { Case } from '../shared/step.ts';
import { type TakeBackDeps, whyNotNow } from './take-back.ts';

export interface AcceptDeps extends TakeBackDeps {
  /** The run in which the workflow of this activity began: the same after each reset. The Temporal server says so. */
  readonly firstRunId: () => Promise<string>;
}

/** Resolves a new proposal, or says why it cannot be governed. INVARIANT 8: one action is one workflow, and one idempotency key is one action for ever. */
export async function accepted(deps: AcceptDeps, caseNow: Case, proposal: unknown): Promise<Resolved> {
  const resolution = await resolved(deps, proposal);
  if (resolution.kind === 'refused') return resolution;
  const { action } = resolution;
  const misdirectionFaults = misdirected(resolution.proposal, deps.installation.name, caseNow.at);
  if (misdirectionFaults.length > 0) return { kind: 'refused', faults: misdirectionFaults };
  if (action.id !== caseNow.actionId)
    return refusalAt(
      'the workflow id',
      `is ${caseNow.workflowId}; this action is governed as action/${action.id} alone`,
    );
  const takeBackFaults = await whyNotNow(deps, resolution, caseNow.at);
  if (takeBackFaults.length > 0) return { kind: 'refused', faults: takeBackFaults };
  const faults = caseNow.entries.length === 0 ? [] : usedBefore(caseNow.entries, await deps.firstRunId());
  return faults.length > 0 ? { kind: 'refused', faults } : resolution;
}
