import { canonicalJson } from '../shared/digest.ts';
import { openJws, peekJws } from '../shared/jws.ts';
import { lookup } from '../shared/lookup.ts';
import type { Installation } from './installation.ts';

/**
 * INVARIANT 3: whether a person's signature is valid with the keys that the catalog has today, or with those of the gateway. A key that was
 * removed, for example because it was stolen, permits nothing in the future.
 *
 * @param jws a decision or an order, as signed
 * @param says the members that must have been signed, with their values; undefined for a member that must be absent
 */
export function signedToday(
  { people, rules }: Installation,
  person: string,
  jws: string,
  says: { readonly [member: string]: unknown } = {},
): boolean {
  const { authentication = 'signing-key' } = Object(peekJws(jws));
  const byOwnKey = authentication === 'signing-key';
  const keys = byOwnKey ? (lookup(people, person)?.keys ?? []) : (rules.gateway?.keys ?? []);
  const openedJws = openJws(jws, keys);
  if (openedJws.kind === 'refused') return false;
  const signedMembers: Record<string, unknown> = Object(openedJws.payload);
  return Object.entries(says).every(
    ([member, value]) => canonicalJson(signedMembers[member] ?? null) === canonicalJson(value ?? null),
  );
}
