import type { Installation } from '../domain/installation.ts';
import { addressOf } from '../domain/mailbox.ts';
import type { Person } from '../domain/person.ts';
import type { ProvedClaims } from './deps.ts';

/**
 * The person of the catalog that these claims are about: by subject, or by an email that the provider verified. Whoever has
 * a subject is found by it alone, since a mailbox can change hands.
 */
export function personOf({ people }: Pick<Installation, 'people'>, claims: ProvedClaims): Person | undefined {
  const all = Object.values(people);
  const known = all.find(({ subject }) => subject === claims.sub);
  if (known || claims.email_verified !== true || typeof claims.email !== 'string') return known;
  // Lower case folds some letters of other scripts into ASCII: another mailbox would be taken for one of ours.
  if (!/^[\x21-\x7e]+$/.test(claims.email.trim())) return undefined;
  const address = addressOf(claims.email);
  return all.find(({ subject, email }) => subject === undefined && addressOf(email) === address);
}
