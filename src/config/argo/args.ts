import { z } from 'zod';
import type { Path } from '../source/yaml-files.ts';

/** What stands in place of the argument that names the service. */
const TARGET = '${target}';

/** What a person gives for arguments of a template. */
export interface GivenArgs {
  readonly values: Readonly<Record<string, string>>;
  /** The argument that is the name of the service. */
  readonly target?: string | undefined;
}

export interface Args {
  /** Returns text with the values of its arguments, or why there are none, as a list. */
  readonly fill: (text: string) => { readonly text: string } | { readonly problems: readonly string[] };
  /** What could not be read of them. */
  readonly unread: readonly { readonly path: Path; readonly problem: string }[];
}

const declared = z.array(
  z.looseObject({
    name: z.string(),
    value: z.union([z.string(), z.number(), z.boolean()]).nullish(),
    valueFrom: z.unknown().optional(),
  }),
);

const PLACEHOLDER = /\{\{(?:\s*args\.([^{}\s]+)\s*|[^{}]*)\}\}/g;

/** The arguments of a template. @param written `spec.args` */
export function argsOf(written: unknown, given: GivenArgs): Args {
  const parsed = declared.safeParse(written ?? []);
  const list = parsed.data ?? [];
  const noList = {
    path: ['args'],
    problem: 'it is no list of arguments with a name and a value, and is not read',
  };
  const values = new Map(list.flatMap(({ name, value }) => (value == null ? [] : [[name, String(value)]])));
  for (const [name, value] of Object.entries(given.values)) values.set(name, value);
  if (given.target !== undefined) values.set(given.target, TARGET);

  return {
    fill: (text) => {
      const problems: string[] = [];
      const filled = text.replace(PLACEHOLDER, (placeholder, name?: string) => {
        const value = name === undefined ? undefined : values.get(name);
        if (value === undefined) problems.push(whyEmpty(placeholder, name));
        return value ?? '';
      });
      return problems.length === 0 ? { text: filled } : { problems };
    },
    unread: [
      ...(parsed.success ? [] : [noList]),
      ...list.flatMap(({ name, valueFrom }, i) => {
        if (valueFrom === undefined || values.has(name)) return [];
        const problem = `the value of ${name} is not in this file: give it with --arg ${name}=VALUE if it is no secret`;
        return [{ path: ['args', i, 'valueFrom'], problem }];
      }),
    ],
  };
}

const whyEmpty = (placeholder: string, name: string | undefined) =>
  name === undefined
    ? `${placeholder} is no argument of Argo Rollouts: if this is a template of Helm, let Helm render it first`
    : `the argument ${name} has no value: give --arg ${name}=VALUE, or --target-arg ${name} if it is the name of the service`;

/** The arguments that a text uses. */
export const argsUsedIn = (text: string): string[] =>
  [...text.matchAll(PLACEHOLDER)].flatMap(([, name]) => name ?? []);
