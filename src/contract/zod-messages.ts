import type { z } from 'zod';

/** Words zod's problems for the author of the input: zod's own messages are for the author of the schema. */
export const plainly: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && MAY_BE_MISSING.includes(issue.code)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return mustBe(issue.values);
    case 'invalid_union':
      return 'options' in issue ? kindOf(issue) : undefined;
    case 'too_small':
      return `must ${amount(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${amount(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_format':
      return issue.format === 'uuid' ? 'must be a UUID' : undefined;
    default:
      return undefined;
  }
};

const MAY_BE_MISSING = ['invalid_type', 'invalid_value', 'invalid_union'];

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

const mustBe = (values: readonly unknown[]) =>
  `must be ${values.length > 1 ? 'one of ' : ''}${values.map(String).join(', ')}`;

/** Returns the problem of an object whose kind determines its members: the kind is wrong or missing. */
function kindOf({
  input,
  discriminator = '',
  options = [],
}: {
  readonly input?: unknown;
  readonly discriminator?: string | undefined;
  readonly options?: readonly unknown[];
}): string {
  return Reflect.get(Object(input), discriminator) === undefined ? 'is missing' : mustBe(options);
}

function amount(origin: string, bound: string, count: number | bigint): string {
  if (origin === 'string') return `be ${bound} ${count} characters`;
  if (origin === 'array' || origin === 'set') return `have ${bound} ${count} items`;
  return `be ${bound} ${count}`;
}
