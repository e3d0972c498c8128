import type { Installation } from './installation.ts';
import { openJws, peekJws } from './jws.ts';
import { lookup } from './lookup.ts';

/**
 * INVARIANT 3: whether what a person signed is good by the keys that the catalog has today, or the gateway. A key that was taken out,
 * because somebody stole it, is good for nothing that is still to come.
 *
 * @param jws a decision or an order, as it was signed
 */
export function signedToday({ people, rules }: Installation, person: string, jws: string): boolean {
  const { authentication = 'signing-key' } = Object(peekJws(jws));
  const own = authentication === 'signing-key';
  const keys = own ? (lookup(people, person)?.keys ?? []) : (rules.gateway?.keys ?? []);
  return openJws(jws, keys).kind === 'verified';
}
