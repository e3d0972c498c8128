import { placesIn } from '../action/query-template.ts';
import { fillText, pathsIn, type Scope } from '../action/template.ts';
import { queriesOf } from '../analysis/queries.ts';
import type { ActionType } from '../installation/installation.ts';
import { valueSourcesIn } from '../installation/parameter-schema.ts';
import type { Fault } from '../shared/json.ts';

/**
 * INVARIANT 12: returns the faults of values that would leave the place that the operator gave them: in a path, in an argument, or in the
 * value of a label. The rollback often names the same values as the action, so each fault is returned once.
 */
export function unsafeValues(type: ActionType, scope: Scope): Fault[] {
  const { execute, rollback, reconcile, watch } = type;
  const plans = [execute, ...(rollback ? [rollback] : []), ...(reconcile ? [reconcile.ask] : [])];
  const sources = Object.values(valueSourcesIn(type));
  const urls = [...plans, ...sources].flatMap((each) => {
    if ('store' in each) return 'url' in each.store ? each.store.url : [];
    return 'url' in each ? each.url : [];
  });
  const commands = [
    ...[...plans, ...sources].flatMap((each) => ('argv' in each ? [each.argv] : [])),
    ...plans.flatMap((each) => ('preview' in each && each.preview ? [each.preview.argv] : [])),
  ];
  const queries = [
    ...(watch?.metrics ?? []).flatMap(queriesOf).map(({ query }) => query),
    ...sources.flatMap((each) => ('query' in each ? each.query : [])),
  ];
  const faults = [
    ...urls.flatMap((url) => unsafeSegments(url, scope)),
    ...commands.flatMap((argv) => unsafeArguments(argv, scope)),
    ...queries.flatMap((query) => emptyValues(query, scope)),
  ];
  return [...new Map(faults.map((fault) => [fault.where, fault])).values()];
}

/**
 * Characters that a server, or a proxy before it, may read as the end of a segment; percent-encoding does not help when a value is decoded
 * twice. Tomcat ends a segment at a semicolon, and other servers turn characters that look like a slash into one (Unicode NFKC).
 */
const NOT_IN_A_SEGMENT = /[/\\%?#;\p{C}\p{Zl}\p{Zp}]/u;
const NOT_ONE_SEGMENT =
  'must be one part of an address: neither empty nor dots alone, and without / \\ % ? # ; or control characters';

/**
 * Returns the faults of path segments. The operators' own variables are addresses; every other value is one segment of a path, or a value
 * of the query.
 */
function unsafeSegments(url: string, scope: Scope): Fault[] {
  const [path = ''] = url.split('?');
  const faults: Fault[] = [];
  fillText(path, scope, (text, where) => {
    const normalized = text.normalize('NFKC');
    const isOne = !NOT_IN_A_SEGMENT.test(normalized) && !/^\.{0,2}$/.test(normalized);
    if (!where.startsWith('environment.') && !isOne) faults.push({ where, problem: NOT_ONE_SEGMENT });
    return text;
  });
  return faults;
}

/**
 * Returns the faults of arguments. A value that begins with `-` would be read as an option of the program, and NUL ends an argument early.
 */
function unsafeArguments(argv: readonly string[], scope: Scope): Fault[] {
  return argv.flatMap((template) => {
    const argument = fillText(template, scope);
    const [where = template] = pathsIn(template);
    if (argument.includes('\0')) return [{ where, problem: 'holds a NUL character; leave it out' }];
    return argument.startsWith('-') && !template.startsWith('-')
      ? [
          {
            where,
            problem: `${JSON.stringify(argument)} would be read as an option; begin it with something else`,
          },
        ]
      : [];
  });
}

/** Returns the faults of empty label values: such a value matches every metric without that label. */
const emptyValues = (query: string, scope: Scope): Fault[] =>
  placesIn(query)
    .filter(({ value }) => fillText(value, scope) === '')
    .map(({ path }) => ({
      where: path,
      problem: 'is empty, which would stand for every metric without this label; give a value',
    }));
