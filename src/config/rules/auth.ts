import { z } from 'zod';
import { visibleVariable } from '../action-types/program-environment.ts';
import { either, refuseValue, strict } from '../source/schema.ts';

/** A secret itself, or where it is read when it is needed: a file that holds it, or a program that prints it. */
export type Secret =
  | string
  | { readonly file: string }
  /** `environment`: what the program finds in its environment besides PATH. */
  | { readonly command: readonly string[]; readonly environment: readonly string[] };

/** What proves to another system who asks. It is never logged, recorded or told. */
export interface Auth {
  /** RFC 7617. */
  readonly basic?: { readonly user: string; readonly password: Secret } | undefined;
  /** RFC 6750. */
  readonly bearer?: Secret | undefined;
  readonly headers?: Readonly<Record<string, Secret>> | undefined;
}

const elsewhere = strict({
  file: z.string().startsWith('/', 'must be a path that begins with /').optional(),
  command: z.array(z.string().min(1)).min(1).optional(),
  environment: z.array(visibleVariable).optional(),
}).transform(({ file, command, environment }, context): Exclude<Secret, string> => {
  if (command !== undefined && file === undefined) return { command, environment: environment ?? [] };
  if (file === undefined || command !== undefined)
    return refuseValue(context, 'needs exactly one of file, command');
  return environment === undefined ? { file } : refuseValue(context, 'needs a command for its environment');
});

const isText = (written: unknown) => typeof written === 'string';
const secret = (text: z.ZodString) => either(isText, text, elsewhere);

const inHeader = secret(z.string().regex(/^[!-~]+( [!-~]+)*$/, 'must be one line of printable ASCII'));
const password = secret(z.string().regex(/^\P{Cc}+$/u, 'must not be empty or hold control characters'));

/** What requests carry already, and what is of the connection alone (RFC 9110, 7.6.1). */
const OURS =
  /^(accept|connection|content-.*|expect|fencing-token|host|idempotency-key|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade|user-agent|webhook-.*)$/i;

const headerName = z
  .string()
  .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'must be the name of a header, such as X-API-Key')
  .refine((name) => !OURS.test(name), 'is a header that Countersign writes itself');

/** The one way in which an installation says what proves who asks, for every address that is asked. */
export const authSchema = strict({
  basic: strict({
    user: z.string().regex(/^[^:\p{Cc}]+$/u, 'must not hold ":" or control characters'),
    password,
  }).optional(),
  bearer: inHeader.optional(),
  headers: z.record(headerName, inHeader).optional(),
}).superRefine(({ basic, bearer, headers = {} }, context) => {
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
});
