import { canonicalJson } from '../shared/digest.ts';
import { openJws, peekJws } from '../shared/jws.ts';
import { lookup } from '../shared/lookup.ts';
import type { Installation } from './installation.ts';

/**
 * INVARIANT 3: whether what a person signed is good by the keys that the catalog has today, or the gateway. A key that was taken out,
 * because somebody stole it, is good for nothing that is still to come.
 *
 * @param jws a decision or an order, as it was signed
 * @param says what must have been signed, by member: undefined for what must not be there
 */
export function signedToday(
  { people, rules }: Installation,
  person: string,
  jws: string,
  says: { readonly [member: string]: unknown } = {},
): boolean {
  const { authentication = 'signing-key' } = Object(peekJws(jws));
  const own = authentication === 'signing-key';
  const keys = own ? (lookup(people, person)?.keys ?? []) : (rules.gateway?.keys ?? []);
  const opened = openJws(jws, keys);
  if (opened.kind === 'refused') return false;
  const signed: Record<string, unknown> = Object(opened.payload);
  return Object.entries(says).every(
    ([member, value]) => canonicalJson(signed[member] ?? null) === canonicalJson(value ?? null),
  );
}
