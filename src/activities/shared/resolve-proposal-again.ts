import { parseProposal } from '../../contract/proposal.ts';
import type { Proposal, Wish } from '../../domain/action/action.ts';
import type { Installation } from '../../domain/installation/installation.ts';
import { type CheckParams, unfit } from '../../domain/proposal/check-proposal.ts';
import { type Resolved, resolve, takeBackIdOf } from '../../domain/proposal/resolve-proposal.ts';
import { otherThanWished, takingBack } from '../../domain/proposal/take-back.ts';
import { lastOnRecord, type OnRecord } from '../../domain/record/on-record.ts';
import { wishOnRecord } from '../../domain/record/take-back.ts';
import { refusalAt } from '../../domain/shared/json.ts';
import type { Ledger } from '../ports/ledger.ts';

export interface ResolvingDeps {
  readonly installation: Installation;
  readonly checkParams: CheckParams;
  readonly ledger: Ledger;
}

/** What a proposal resolves to in the installation as it is now, or every fault of the proposal. */
export async function resolved(deps: ResolvingDeps, input: unknown): Promise<Resolved> {
  const { installation, checkParams } = deps;
  const parsed = parseProposal(input);
  if (parsed.kind === 'refused') {
    const { kind, faults, readable } = parsed;
    return { kind, faults: [...faults, ...unfit(installation, readable, checkParams)] };
  }
  const { proposal } = parsed;
  return proposal.takesBack
    ? wished(deps, proposal, proposal.takesBack)
    : resolve(installation, proposal, checkParams);
}

/**
 * Resolves again an action that is under way. The proposal is what its agent signed; the parameters are those of the last edit.
 *
 * @param params other parameters than those on record
 */
export async function resolvedAgain(
  deps: ResolvingDeps,
  { ruled, edits }: OnRecord,
  params = edits.at(-1)?.params,
): Promise<Resolved> {
  if (!ruled) return refusalAt('the whole', 'is not ruled on yet');
  const { proposal } = ruled;
  if (params === undefined) return resolved(deps, proposal);
  if (proposal.takesBack) return refusalAt('params', 'of a rollback are those on record: deny it instead');
  const parsed = parseProposal({ ...proposal, params });
  return parsed.kind === 'refused'
    ? parsed
    : resolve(deps.installation, parsed.proposal, deps.checkParams, proposal);
}

/** Resolves a wish to take an action back. INVARIANT 13: it follows from the ledger alone, and what was handed in must be the same. */
async function wished(deps: ResolvingDeps, proposal: Proposal, wish: Wish): Promise<Resolved> {
  const { installation, checkParams, ledger } = deps;
  const { actionId } = wish;
  const entries = await ledger.entriesOf(actionId);
  const record = lastOnRecord(actionId, entries);
  const read = wishOnRecord(installation, actionId, takeBackIdOf(wish), record, entries);
  if (read.kind === 'refused') return read;
  const resolution = takingBack(installation, read.wish, checkParams);
  const faults = otherThanWished(proposal, resolution);
  return faults.length > 0 ? { kind: 'refused', faults } : resolution;
}
