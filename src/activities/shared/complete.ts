import type { Sealed } from '../../domain/shared/seal.ts';
import type { Fact } from '../ports/ledger.ts';
import { type Case, caseOf, notOnRecord, type StepDeps } from './step.ts';
import { factOfRun } from './ticket.ts';

/**
 * Records the sealed facts of this run in their order, and returns the case with them. INVARIANT 9: the ledger is completed afterwards, and before
 * anything that followed. Repeating it is harmless.
 *
 * @throws ApplicationFailure `NotOnRecord` where one was not sealed for this run
 */
export async function complete(
  deps: StepDeps & { readonly sealKey: Uint8Array },
  unrecorded: readonly Sealed<Fact>[],
): Promise<Case> {
  const caseNow = await caseOf(deps);
  for (const sealedFact of unrecorded) {
    const fact = factOfRun(caseNow, sealedFact, deps.sealKey);
    if (!fact) throw notOnRecord('what it brings was not sealed for this run');
    await deps.ledger.append(fact);
  }
  return unrecorded.length === 0 ? caseNow : caseOf(deps);
}
