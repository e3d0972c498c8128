/**
 * Whether what is only perhaps a secret is hidden: a shorter text holds none, and would be found in every other word.
 */
export const mayBeSecret = ({ length }: string) => length >= 8;

/**
 * A text with each of these secrets in it written as `***`. What another system says goes into histories that nothing is erased
 * from, and a system may repeat what it was sent: as it was, in JSON, or in an address.
 */
export function hide(text: string, secrets: readonly string[]): string {
  const forms = secrets
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, inJson(secret), inJson(inJson(secret)), encodeURIComponent(secret)]);
  // The longest first: what holds another one would leave its rest behind.
  return [...new Set(forms)]
    .sort((one, other) => other.length - one.length)
    .reduce((shown, form) => shown.replaceAll(form, '***'), text);
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
