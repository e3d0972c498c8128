/** The domain of all stand-ins: RFC 2606 keeps it from ever being anybody's. */
const NOWHERE = 'exercise.invalid';

/** A public key that nobody signs with: the key of RFC 8037, appendix A. */
const A_KEY = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';

/**
 * The environment in which an exercise reads a folder. Each variable has a made-up value, so that no address, password or key of the real
 * environment is even read. Where a folder needs a value of another kind, the scenario writes it in `env`.
 */
export const standInEnv = (written: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  new Proxy(written, {
    get: (own, name) => (typeof name === 'string' ? (own[name] ?? standInFor(name)) : undefined),
    has: () => true,
  });

function standInFor(name: string): string {
  if (/SMTP|MAIL/.test(name)) return `smtp://${NOWHERE}`;
  if (/PUBLIC_KEY|JWK/.test(name)) return A_KEY;
  return `https://${NOWHERE}`;
}
