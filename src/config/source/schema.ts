import { z } from 'zod';
import { holdsCredentials } from '../../domain/shared/url-credentials.ts';
import { parseDuration } from './duration.ts';
import { type ConfigFault, hint } from './fault.ts';
import type { Path, Source } from './yaml-files.ts';

/** Parts that the schemas of all files share. Their messages never contain the value, which may be a secret. */

/** An object with these members and no others. Its unknown-key issue carries the known keys, for the hint. */
export const strict = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code }) => (code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  });

/**
 * A key with its text in docs/reference.md. What a schema itself says there is in its own meta: `title` names what is written in this way,
 * and `section` names where the page explains it.
 *
 * @param meaning one sentence for people who write the key
 * @param example a valid value, as YAML
 */
export const key = <Schema extends z.ZodType>(schema: Schema, meaning: string, example?: string): Schema =>
  schema.meta({ description: meaning, ...(example === undefined ? {} : { example }) });

/** The two forms of a value, for docs/reference.md, because a transformation does not show its input. */
export const alternatives = z.registry<{ readonly either: readonly unknown[] }>();

/**
 * A text in CEL.
 *
 * @param faultOf what is wrong with it, from the code that evaluates it; null: nothing
 * @param passes what would pass: "condition over result, such as ..."
 */
export const celText = (faultOf: (text: string) => string | null, passes: string) =>
  z.string().superRefine((text, context) => {
    const problem = faultOf(text);
    if (problem !== null)
      context.addIssue({ code: 'custom', message: `must be a CEL ${passes}: ${problem}` });
  });

/** A name that can be used in `${...}` in a template. */
export const variableName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,99}$/, 'must be letters, digits, "_" and "-", with a letter first')
  .meta({ title: 'name' });

/** A table by name, with at least one entry. */
export const named = <Value extends z.ZodType>(name: z.ZodString, value: Value) =>
  z.record(name, value).refine((table) => Object.keys(table).length > 0, 'is empty: write at least one');

/** A query for one number. */
export const metricQuery = strict({
  source: key(z.string(), 'Names one of `metricSources`.', 'storefront'),
  query: key(
    z.string().min(1),
    'What is asked there. `${target}` and `${environment.name}` may stand inside quotes.',
    `'open_incidents{service="\${target}"}'`,
  ),
}).meta({ title: 'query', section: 'queries' });

/** A value in one of two forms. The form is chosen first, so only the faults of that form are reported. */
export const either = <First, Second>(
  isFirst: (value: unknown) => boolean,
  first: z.ZodType<First>,
  second: z.ZodType<Second>,
) => {
  const pair = z.unknown().transform((value, context): First | Second => {
    const schema: z.ZodType<First | Second> = isFirst(value) ? first : second;
    const parsed = schema.safeParse(value, { error: explain });
    if (parsed.success) return parsed.data;
    for (const { path: at, message, ...issue } of parsed.error.issues) {
      const path = [...at];
      // The issue is passed on unchanged, so that the known keys are still available where the fault is reported.
      if (issue.code === 'unrecognized_keys')
        context.issues.push({ code: issue.code, keys: issue.keys, message, path, input: Object(value) });
      else context.addIssue({ code: 'custom', message, path });
    }
    return z.NEVER;
  });
  alternatives.add(pair, { either: [first, second] });
  return pair;
};

/** Text such as `5m`, as milliseconds. */
export const duration = ({ zero } = { zero: false }) =>
  z
    .string(DURATION_PROBLEM)
    .transform((text, context) => {
      const ms = parseDuration(text);
      if (ms === undefined) return refuseValue(context, DURATION_PROBLEM);
      return ms > 0 || zero ? ms : refuseValue(context, 'must be longer than 0s');
    })
    .meta({ title: 'duration' });

const DURATION_PROBLEM = 'must be a duration, such as 90s, 5m, 24h or 1h30m';

/** One plain mail address: anything around it could become a second recipient or a header. */
export const plainAddress = z
  .email({
    // zod's pattern, and also a last label in Punycode (RFC 5891), for example xn--p1ai.
    pattern:
      /^(?:[\w'+-]+\.)*[\w'+-]*[\w+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+(?:[A-Za-z]{2,}|[Xx][Nn]--[A-Za-z0-9-]*[A-Za-z0-9])$/,
    error: 'must be one plain address, such as ada@example.com',
  })
  .max(254)
  .meta({ title: 'mail address' });

/** An address with one of these schemes. */
export const url = (...schemes: readonly string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol.slice(0, -1)), {
      error: `must be an address that starts with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
      abort: true,
    })
    .meta({ title: `address (${schemes.map((scheme) => `\`${scheme}://\``).join(', ')})` });

/** An address to which requests are sent. Its credentials are written beside it, in `auth`. */
export const askedUrl = () =>
  url('http', 'https').refine(
    (text) => !holdsCredentials(text),
    'holds a user name or a password: leave them out, and write them as auth: { basic: ... } beside it',
  );

/** An address that people are shown. */
export const shownUrl = () =>
  url('http', 'https').refine(
    (text) => !holdsCredentials(text),
    'holds a user name or a password, which everybody would see: leave them out',
  );

/** Reports a fault of the value that a transformation got. */
export function refuseValue(context: z.RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message });
  return z.NEVER;
}

export interface ShapeChecked<T> {
  /** Absent when there are faults. */
  readonly value?: T;
  readonly faults: readonly ConfigFault[];
}

/** Checks a document against a schema and reports every fault at its line. */
export function checkShape<T>(schema: z.ZodType<T>, source: Source): ShapeChecked<T> {
  const shape = shapeOf(schema, source);
  return 'value' in shape
    ? { value: shape.value, faults: [] }
    : { faults: shape.problems.map(({ path, problem }) => source.fault(path, problem)) };
}

/** Returns the parsed document, or each problem with its path. */
export function shapeOf<T>(
  schema: z.ZodType<T>,
  { value }: Pick<Source, 'value'>,
):
  | { readonly value: T }
  | { readonly problems: readonly { readonly path: Path; readonly problem: string }[] } {
  const parsed = schema.safeParse(value, { error: explain });
  if (parsed.success) return { value: parsed.data };
  const problems = parsed.error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: issue.path, problem: issue.message }];
    const knownKeys = issue.message.split(' ');
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      problem: `unknown key; ${hint(key, knownKeys)}`,
    }));
  });
  return { problems };
}

const explain: z.core.$ZodErrorMap = (issue) => {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing: write ${aKind(issue.expected)}`
        : `must be ${aKind(issue.expected)}`;
    case 'invalid_value': {
      const values = `${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
      return issue.input === undefined ? `is missing: write ${values}` : `must be ${values}`;
    }
    case 'invalid_key':
      return `this name is not allowed: it ${issue.issues[0]?.message}`;
    case 'too_small':
      return issue.origin === 'number' || issue.origin === 'int'
        ? `must be ${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`
        : `needs at least ${issue.minimum}`;
    case 'too_big':
      return `must be at most ${issue.maximum}`;
    default:
      return undefined;
  }
};

const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

const aKind = (expected: string) => KINDS[expected] ?? expected;

/** Scheme, host and port (RFC 6454), and nothing after them. */
export const origin = z
  .string()
  .refine(isOrigin, {
    error:
      'must be http:// or https:// with a host and nothing after it, such as https://admin.example.com: what proves who asks is sent to all of it',
    abort: true,
  })
  .transform((text) => new URL(text).origin)
  .meta({ title: 'scheme, host and port' });

function isOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { origin, href, protocol } = new URL(text);
  return /^https?:$/.test(protocol) && href === `${origin}/`;
}
