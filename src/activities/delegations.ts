import { DELEGATIONS, delegationsIn as inEntries, notOver } from '../contract/delegation.ts';
import type { Delegation } from '../domain/delegation.ts';
import { type Ledger, warnOfUnreadable } from './ledger.ts';

/** Every delegation that nobody ended early, whether it holds now or not. What cannot be read is in the log. */
export async function delegationsIn(ledger: Pick<Ledger, 'entriesOf'>): Promise<readonly Delegation[]> {
  const { delegations, unreadable } = inEntries(await ledger.entriesOf(DELEGATIONS));
  warnOfUnreadable(DELEGATIONS, unreadable);
  return delegations;
}

export interface DelegationDeps {
  readonly ledger: Ledger;
  readonly now: () => number;
}

export function createDelegations({ ledger, now }: DelegationDeps) {
  return {
    /** Who decides in whose place, now or later, the earliest first. Changes nothing. */
    delegations: async (): Promise<Delegation[]> => notOver(await delegationsIn(ledger), now()),
  };
}
