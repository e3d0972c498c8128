import type { MetricQuery } from '../analysis/metrics.ts';
import { fillText, pathsIn, type Scope } from './template.ts';

/**
 * Where a placeholder of a query stands: in the value that a label is compared with by `=` or `!=`, in the one that it is matched
 * with by `=~` or `!~`, or elsewhere, where nothing may stand.
 */
export type Placeholder = 'equality' | 'expression' | 'elsewhere';

export interface PlaceholderUse {
  readonly path: string;
  readonly place: Placeholder;
  /** The template of the whole value that it is a part of. */
  readonly value: string;
}

/**
 * What the quotes and braces of PromQL, and so of a sample selector, are made of. Only in double quotes is what is filled in
 * escaped: single ones, backticks and comments are here so that a double quote in them is not taken for one.
 */
const TOKEN =
  /#[^\n]*|(?:("(?:[^"\\]|\\.)*"|\w+)?\s*(=~|!~|!=|=)\s*)?"((?:[^"\\]|\\.)*)"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$\{[^}]*\}|[{}]/gs;

/** Every placeholder of a query, in order. */
export function placesIn(query: string): PlaceholderUse[] {
  const placed: PlaceholderUse[] = [];
  eachToken(query, (token, place, value) => {
    for (const path of pathsIn(token)) placed.push({ path, place, value });
    return token;
  });
  return placed;
}

/** Fills in a query whose placeholders are not elsewhere. What is filled in is compared as it is. */
export function fillQuery<Query extends MetricQuery>(template: Query, scope: Scope): Query {
  const query = eachToken(template.query, (token, place) =>
    fillText(token, scope, (text, path) =>
      // An operator's own variable may be an expression; the name of a service is none.
      quoted(place === 'expression' && !isVariable(path) ? literal(text) : text),
    ),
  );
  return { ...template, query };
}

const isVariable = (path: string) => path.startsWith('environment.') && path !== 'environment.name';

/** As text in double quotes. */
const quoted = (text: string) => text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');

/** As an expression (RE2) that matches this text alone. */
const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function eachToken(
  query: string,
  change: (token: string, place: Placeholder, value: string) => string,
): string {
  let depth = 0;
  return query.replace(TOKEN, (token, label?: string, operator?: string, value = '') => {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    return change(token, placeOf(depth, label, operator), value);
  });
}

/** A metric's name is chosen by its own label too. */
function placeOf(depth: number, label: string | undefined, operator: string | undefined): Placeholder {
  const isLabel = label !== undefined && !/^"?__name__"?$/.test(label) && pathsIn(label).length === 0;
  if (depth !== 1 || operator === undefined || !isLabel) return 'elsewhere';
  return operator.endsWith('~') ? 'expression' : 'equality';
}
