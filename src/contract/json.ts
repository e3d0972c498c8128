import { z } from 'zod';
import { inexact, inexactIn } from '../domain/shared/exact-json.ts';
import { type Fault, type Json, MAX_DEPTH, POLLUTING } from '../domain/shared/json.ts';

const NOT_ALLOWED = 'this name is not allowed';
/** Half of a character: RFC 8785 has no canonical form for it, so a value that contains it cannot be signed. */
const LONE_SURROGATE = /\p{Surrogate}/u;
const ILL_FORMED = 'holds half a character (a lone surrogate)';

/** Any JSON value that is safe to copy, hash and show: bounded in depth, finite numbers, no names that pollute prototypes. */
export const jsonValue = z.custom<Json>().superRefine((value, context) => {
  for (const { path, message } of problemsIn(value, [], 0))
    context.addIssue({ code: 'custom', path, message });
});

function problemsIn(
  value: unknown,
  path: PropertyKey[],
  depth: number,
): { path: PropertyKey[]; message: string }[] {
  if (depth > MAX_DEPTH) return [{ path, message: `nested deeper than ${MAX_DEPTH} levels` }];
  if (value === null || typeof value === 'boolean') return [];
  if (typeof value === 'string') return LONE_SURROGATE.test(value) ? [{ path, message: ILL_FORMED }] : [];
  if (typeof value === 'number')
    return Number.isFinite(value) ? [] : [{ path, message: 'not a finite number' }];
  if (Array.isArray(value)) return value.flatMap((item, i) => problemsIn(item, [...path, i], depth + 1));
  if (typeof value !== 'object') return [{ path, message: `a ${typeof value} is not JSON` }];
  return Reflect.ownKeys(value).flatMap((key) =>
    typeof key === 'symbol' || POLLUTING.has(key)
      ? [{ path: [...path, key], message: NOT_ALLOWED }]
      : problemsIn(Reflect.get(value, key), [...path, key], depth + 1),
  );
}

/** JSON values by name. z.record silently drops `__proto__`, so the names are checked first. */
export const jsonRecord = z
  .unknown()
  .superRefine((value, context) => {
    for (const name of Object.keys(Object(value)).filter((key) => POLLUTING.has(key)))
      context.addIssue({ code: 'custom', path: [name], message: NOT_ALLOWED });
  })
  .pipe(z.record(z.string(), jsonValue));

/** The same for input, where every number must be exactly the one that was sent. Recorded values are read with `jsonRecord`. */
export const exactRecord = jsonRecord.superRefine((record, context) => {
  for (const { path, value } of inexactIn(record))
    context.addIssue({ code: 'custom', path: [...path], message: inexact(value) });
});

/** Text that people will read: bounded, and without control characters other than line breaks and tabs. */
export const text = (max: number) =>
  z
    .string()
    .trim()
    .min(1, 'is empty')
    .max(max, `is longer than ${max} characters`)
    .regex(/^(?:[\t\n]|\P{Cc})*$/u, 'holds control characters')
    .regex(/^\P{Surrogate}*$/u, ILL_FORMED);

/** A name: safe in an id, a path and a header. */
export const identifier = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/,
    'must be 1 to 100 letters, digits, ".", "_" or "-", starting with a letter or digit',
  );

/** A SHA-256 as text. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'must be a lower-case hex SHA-256');

export const faultSchema = z.strictObject({
  where: z.string(),
  problem: z.string(),
}) satisfies z.ZodType<Fault>;

/** Returns every problem that zod found, by path. */
export const zodFaultsOf = ({ issues }: Pick<z.ZodError, 'issues'>, root = ''): Fault[] =>
  issues.flatMap((issue) => faultsAt(issue, root === '' ? [] : [root]));

function faultsAt(issue: z.core.$ZodIssue, parentPath: readonly PropertyKey[]): Fault[] {
  const path = [...parentPath, ...issue.path];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({ where: pathOf([...path, key]), problem: 'is not a known member' }));
    case 'invalid_union': {
      // In a choice of objects, reports only the problems of the one that was probably meant: the one that knows most of the members.
      const [innerIssues] = issue.errors
        .filter(isWithin)
        .sort((one, other) => unknownIn(one) - unknownIn(other));
      if (innerIssues) return innerIssues.flatMap((inner) => faultsAt(inner, path));
    }
  }
  return [{ where: pathOf(path), problem: issue.message }];
}

const isWithin = (issues: readonly z.core.$ZodIssue[]) =>
  issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys');
const unknownIn = (issues: readonly z.core.$ZodIssue[]) =>
  issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : 0), 0);

/** The longest path in a fault, in characters. A name of 60 KB would be repeated in every fault below it. */
const MAX_PATH = 300;

const pathOf = (path: readonly PropertyKey[]) =>
  path
    .map(String)
    .filter((part) => part !== '')
    .join('.')
    .slice(0, MAX_PATH) || 'the whole';
