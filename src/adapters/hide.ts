/** Whether a text that may be a secret is hidden. A text under 8 characters is not: it would be found in every other word. */
export const mayBeSecret = ({ length }: string) => length >= 8;

/**
 * Replaces each of these secrets in a text by `***`. What another system says goes into histories that nothing is erased from, and
 * that system may repeat what it was sent: as it was, in JSON, or in an address.
 */
export function hide(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret)]);
  // The longest first: a shorter secret inside a longer one would leave the rest of the longer one visible.
  return [...new Set(forms)]
    .sort((one, other) => other.length - one.length)
    .reduce((hidden, form) => hidden.replaceAll(form, '***'), text);
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
