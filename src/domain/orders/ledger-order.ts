import { membersOf } from '../installation/directory.ts';
import type { Installation } from '../installation/installation.ts';
import type { LegalHoldScope } from '../ledger/legal-hold.ts';
import type { Fault } from '../shared/json.ts';
import type { Signed } from './order-signature.ts';

/** The order "What these entries say is to be erased." It names them by number, and never says what they said. */
export interface EraseOrder extends Signed {
  readonly kind: 'erase';
  /** What the entries are about, for example an action. */
  readonly subject: string;
  /** Their sequence numbers. */
  readonly entries: readonly number[];
}

/** The order "Nothing of this may be erased", and its end. */
export type LegalHoldOrder =
  | (Signed & { readonly kind: 'placeLegalHold'; readonly scope: LegalHoldScope })
  | (Signed & { readonly kind: 'endLegalHold'; readonly legalHoldId: string });

/** Returns why a person may not give this order by the operators' rules; empty when they may. */
export function ledgerOrderFaults(
  installation: Installation,
  { kind, person }: EraseOrder | LegalHoldOrder,
): Fault[] {
  const key = kind === 'erase' ? 'erasedBy' : 'legalHoldsBy';
  const what = kind === 'erase' ? 'erase what the ledger says' : 'place or end legal holds';
  const allowed = installation.rules.ledger?.[key];
  if (allowed === undefined)
    return fault(`nobody may ${what}: name a group in countersign.yaml, as ledger: { ${key}: group:name }`);
  return membersOf(installation, allowed).includes(person)
    ? []
    : fault(`${person} may not ${what}: that is for ${allowed}`);
}

const fault = (problem: string): Fault[] => [{ where: 'person', problem }];
