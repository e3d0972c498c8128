import { z } from 'zod';
import { visibleVariable } from '../action-types/program-environment.ts';
import { either, key, refuseValue, strict } from '../source/schema.ts';

/** A secret itself, or the place where it is read when it is needed: a file that contains it, or a program that prints it. */
export type Secret =
  | string
  | { readonly file: string }
  /** `environment`: the variables that the program gets besides PATH. */
  | { readonly command: readonly string[]; readonly environment: readonly string[] };

/** The credentials that a request carries. They are never logged, recorded or shown. */
export interface Auth {
  /** RFC 7617. */
  readonly basic?: { readonly user: string; readonly password: Secret } | undefined;
  /** RFC 6750. */
  readonly bearer?: Secret | undefined;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
}

/** The place of a secret that is not written in countersign.yaml itself. */
export const elsewhere = strict({
  file: key(
    z.string().startsWith('/', 'must be a path that begins with /').optional(),
    'A file that holds the secret. It is read at each request.',
    '/var/run/secrets/metrics/token',
  ),
  command: key(
    z.array(z.string().min(1)).min(1).optional(),
    'A program and its arguments. It prints the secret, which is kept for a minute.',
    '[gcloud, auth, print-access-token]',
  ),
  environment: key(
    z.array(visibleVariable).optional(),
    'Variables of the worker that the program finds besides `PATH`. It goes with `command`.',
    '[HOME]',
  ),
}).transform(({ file, command, environment }, context): Exclude<Secret, string> => {
  if (command !== undefined && file === undefined) return { command, environment: environment ?? [] };
  if (file === undefined || command !== undefined)
    return refuseValue(context, 'needs exactly one of file, command');
  return environment === undefined ? { file } : refuseValue(context, 'needs a command for its environment');
});

const isText = (value: unknown) => typeof value === 'string';
const secret = (text: z.ZodString) =>
  either(isText, text, elsewhere).meta({ title: 'secret', section: 'secrets' });

/** A secret that is sent in a header. */
export const inHeader = secret(z.string().regex(/^[!-~]+( [!-~]+)*$/, 'must be one line of printable ASCII'));
const password = secret(z.string().regex(/^\P{Cc}+$/u, 'must not be empty or hold control characters'));

/** Headers that Countersign writes itself, and headers that belong to the connection (RFC 9110, 7.6.1). */
const OURS =
  /^(accept|connection|content-.*|expect|fencing-token|host|idempotency-key|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|user-agent|webhook-.*)$/i;

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header, such as X-API-Key')
  .refine((name) => !OURS.test(name), 'is a header that Countersign writes itself');

/** The credentials of an installation, in the same form for every address that is called. */
export const authSchema = strict({
  basic: key(
    strict({
      user: key(
        z.string().regex(/^[^:\p{Cc}]+$/u, 'must not hold ":" or control characters'),
        'The name of the user.',
        'countersign',
      ),
      password: key(password, 'The password.', '{ file: /var/run/secrets/password }'),
    }).optional(),
    'Sends `Authorization: Basic` (RFC 7617).',
  ),
  bearer: key(
    inHeader.optional(),
    'Sends `Authorization: Bearer` (RFC 6750). It does not go with `basic`.',
    '{ file: /var/run/secrets/token }',
  ),
  headers: key(
    z.record(headerName, inHeader).optional(),
    'Sends these headers, alone or beside one of the others.',
    '{ X-Scope-OrgID: shop }',
  ),
})
  .superRefine(({ basic, bearer, headers = {} }, context) => {
    const forms = [
      ...(bearer === undefined ? [] : ['bearer']),
      ...(basic === undefined ? [] : ['basic']),
      ...Object.keys(headers)
        .filter((name) => name.toLowerCase() === 'authorization')
        .map((name) => `headers.${name}`),
    ];
    if (forms.length > 1) {
      const message = `needs only one of ${forms.join(', ')}: both are the header Authorization`;
      context.addIssue({ code: 'custom', message });
    }
    if (forms.length === 0 && Object.keys(headers).length === 0)
      context.addIssue({ code: 'custom', message: 'needs at least one of: bearer or basic; headers' });
  })
  .meta({ title: 'auth', section: 'auth' });
