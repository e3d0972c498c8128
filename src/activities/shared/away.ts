import { type Sealed, sealed } from '../../domain/shared/seal.ts';
import type { Fact, Ledger } from '../ports/ledger.ts';
import { within } from './within.ts';

/** How long to wait for the ledger where an effect already stands, in milliseconds. */
const PATIENCE_MS = 4_000;

export type LedgerAnswer<T> = { readonly kind: 'here'; readonly value: T } | { readonly kind: 'away' };

/** The ledger's answer, or `away`. INVARIANT 9: where an effect already stands, nothing waits for the ledger. */
export async function unlessAway<T>(
  ask: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<LedgerAnswer<T>> {
  const answer = ask().then(
    (value): LedgerAnswer<T> => ({ kind: 'here', value }),
    (error: unknown): LedgerAnswer<T> => {
      // A fact that the ledger refuses now, it will refuse later too.
      if (isFinal(error)) throw error;
      return { kind: 'away' };
    },
  );
  return within(patienceMs, answer, () => ({ kind: 'away' }));
}

const isFinal = (error: unknown) =>
  error instanceof Error && (error.name === 'FactRefused' || error.name === 'ApplicationFailure');

/**
 * Records a fact about an effect that already stands.
 *
 * @returns undefined once the fact is recorded; otherwise the sealed fact, which another step records later
 */
export async function recordOrSeal(
  { ledger, sealKey }: { readonly ledger: Ledger; readonly sealKey: Uint8Array },
  fact: Fact,
): Promise<Sealed<Fact> | undefined> {
  const ledgerAnswer = await unlessAway(() => ledger.append(fact));
  return ledgerAnswer.kind === 'here' ? undefined : sealed(fact, sealKey);
}
