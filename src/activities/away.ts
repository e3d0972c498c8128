import { type Sealed, sealed } from '../domain/shared/seal.ts';
import type { Fact, Ledger } from './ports/ledger.ts';

/** So long the ledger is waited for where an effect stands already, in milliseconds. */
const PATIENCE_MS = 4_000;

export type LedgerAnswer<T> = { readonly kind: 'here'; readonly value: T } | { readonly kind: 'away' };

/** What the ledger answers, or that it does not: where an effect stands already, nothing waits for it. INVARIANT 9. */
export async function unlessAway<T>(
  ask: () => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<LedgerAnswer<T>> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<LedgerAnswer<T>>((resolve) => {
    timer = setTimeout(() => resolve({ kind: 'away' }), patienceMs);
  });
  const answer = ask().then(
    (value): LedgerAnswer<T> => ({ kind: 'here', value }),
    (error: unknown): LedgerAnswer<T> => {
      // What it does not take, it will not take later either.
      if (isFinal(error)) throw error;
      return { kind: 'away' };
    },
  );
  try {
    return await Promise.race([answer, over]);
  } finally {
    clearTimeout(timer);
  }
}

const isFinal = (error: unknown) =>
  error instanceof Error && (error.name === 'FactRefused' || error.name === 'ApplicationFailure');

/**
 * Records a fact about an effect that stands already.
 *
 * @returns the fact, sealed, for whoever can record it later; undefined once it is recorded
 */
export async function recordOrSeal(
  { ledger, sealKey }: { readonly ledger: Ledger; readonly sealKey: Uint8Array },
  fact: Fact,
): Promise<Sealed<Fact> | undefined> {
  const appended = await unlessAway(() => ledger.append(fact));
  return appended.kind === 'here' ? undefined : sealed(fact, sealKey);
}
