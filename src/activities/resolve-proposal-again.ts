import { parseProposal } from '../contract/proposal.ts';
import type { Installation } from '../domain/installation/installation.ts';
import { type CheckParams, unfit } from '../domain/proposal/check-proposal.ts';
import { type Resolved, resolve } from '../domain/proposal/resolve-proposal.ts';
import type { OnRecord } from '../domain/record/on-record.ts';

export interface ResolvingDeps {
  readonly installation: Installation;
  readonly checkParams: CheckParams;
}

/** What a proposal resolves to in the installation as it is now, or every fault of the proposal. */
export function resolved({ installation, checkParams }: ResolvingDeps, input: unknown): Resolved {
  const parsed = parseProposal(input);
  if (parsed.kind === 'proposal') return resolve(installation, parsed.proposal, checkParams);
  const { kind, faults, readable } = parsed;
  return { kind, faults: [...faults, ...unfit(installation, readable, checkParams)] };
}

/**
 * Resolves again an action that is under way. The proposal is what its agent signed; the parameters are those of the last edit.
 *
 * @param params other parameters than those on record
 */
export function resolvedAgain(
  { installation, checkParams }: ResolvingDeps,
  { ruled, edits }: OnRecord,
  params = edits.at(-1)?.params,
): Resolved {
  if (!ruled) return { kind: 'refused', faults: [{ where: 'the whole', problem: 'is not ruled on yet' }] };
  const { proposal } = ruled;
  const parsed = parseProposal(params === undefined ? proposal : { ...proposal, params });
  return parsed.kind === 'refused' ? parsed : resolve(installation, parsed.proposal, checkParams, proposal);
}
