import { z } from 'zod';
import { either } from '../source/schema.ts';

const isName = (text: string) => /^[A-Za-z_][A-Za-z0-9_]{0,99}$/.test(text);
const NAME = 'must be the name of an environment variable: letters, digits and "_"';

/** Whether a variable is Countersign's own: the worker's database, the gateway's keys, the access to Temporal. */
const isOurs = (variable: string) => /^(COUNTERSIGN|TEMPORAL)_/.test(variable);
const OURS =
  'is a variable of Countersign itself, which no other program may see: give the program a variable of its own';

/** A variable of the worker's environment that a program may see. */
export const visibleVariable = z
  .string()
  .refine(isName, { error: NAME, abort: true })
  .refine((name) => !isOurs(name), OURS);

const WHOLE = /^\$\{env\.([^}]*)\}$/;

const reference = z
  .string()
  .regex(WHOLE, {
    error: 'must be ${env.NAME} and nothing else: the value is read where the worker runs',
    abort: true,
  })
  .transform((text) => WHOLE.exec(text)?.[1] ?? '')
  .pipe(visibleVariable);

/** The name of a variable in a program. */
export const programsName = z
  .string()
  .refine(isName, NAME)
  .refine(
    (name) => !name.startsWith('COUNTERSIGN_'),
    'begins with COUNTERSIGN_, as what every command finds does',
  );

/**
 * The environment of a program: a list of the worker's variables, or a table of names with `${env.NAME}` each. The result maps the
 * program's name to the name of the worker's variable. It contains no values, because everybody can read action types.
 */
export const programEnvironment = either(
  Array.isArray,
  z
    .array(visibleVariable)
    .min(1)
    .transform((names) => Object.fromEntries(names.map((name) => [name, name]))),
  z.record(programsName, reference),
);
