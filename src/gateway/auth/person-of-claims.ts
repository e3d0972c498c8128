import type { Installation } from '../../domain/installation/installation.ts';
import type { Person } from '../../domain/installation/person.ts';
import { emailAddressOf } from '../../domain/shared/email-address.ts';
import type { ProvedClaims } from '../ports/deps.ts';

export type PersonFound =
  | { readonly kind: 'person'; readonly person: Person }
  /** No person was found. `reason`: what is missing, and where to correct it. */
  | { readonly kind: 'nobody'; readonly reason: string };

/**
 * The person of the catalog that these claims are about: by subject, or by an email that the provider verified. A person with a
 * subject is found only by the subject, since a mailbox can change hands.
 *
 * @param assumed whether an email without a statement of the provider counts as verified (only for a provider that verifies all)
 */
export function personOf(
  { people }: Pick<Installation, 'people'>,
  { sub, email, email_verified: verified }: ProvedClaims,
  assumed: boolean,
): PersonFound {
  const allPeople = Object.values(people);
  const personBySubject = allPeople.find(({ subject }) => subject === sub);
  if (personBySubject) return { kind: 'person', person: personBySubject };
  const bySubject = `or an operator writes your subject there, ${JSON.stringify(sub)}, as countersign.dev/subject into the catalog`;
  const nobodyFound = (reason: string): PersonFound => ({
    kind: 'nobody',
    reason: `${reason}; ${bySubject}`,
  });
  if (typeof email !== 'string')
    return nobodyFound(
      'your provider sends no email: an operator lets it send the claim email to this client',
    );
  const unsaid = verified === undefined || verified === 'true';
  if (verified !== true && !(assumed && unsaid)) return nobodyFound(unverified(verified));
  const address = emailAddressOf(email);
  // Lower case folds some letters of other scripts into ASCII, and another person's mailbox would match one of ours.
  const personByEmail = /^[\x21-\x7e]+$/.test(email.trim())
    ? allPeople.find((person) => person.subject === undefined && emailAddressOf(person.email) === address)
    : undefined;
  return personByEmail
    ? { kind: 'person', person: personByEmail }
    : nobodyFound('your account is nobody of the catalog: an operator has to add you, with your email');
}

const ASSUME =
  'or, for a provider that lets nobody in without verifying, sets COUNTERSIGN_OIDC_EMAIL_VERIFIED=assumed';

function unverified(emailVerified: unknown): string {
  if (emailVerified === false || emailVerified === 'false')
    return 'your provider says that your email is not verified: verify it there, and sign in again';
  const sent =
    emailVerified === undefined
      ? 'does not say whether your email is verified'
      : `sends email_verified as ${JSON.stringify(emailVerified)}, which is not true`;
  return `your provider ${sent}: an operator lets it send email_verified as true, ${ASSUME}`;
}
