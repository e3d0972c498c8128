import { DELEGATIONS, delegationsIn as inEntries, notOver } from '../contract/delegation.ts';
import type { Delegation } from '../domain/delegation.ts';
import type { Ledger } from './ledger.ts';

/** Every delegation that nobody ended early, whether it holds now or not. */
export const delegationsIn = async (ledger: Pick<Ledger, 'entriesOf'>): Promise<Delegation[]> =>
  inEntries(await ledger.entriesOf(DELEGATIONS));

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
