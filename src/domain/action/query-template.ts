import { fillText, pathsIn, type Scope } from './template.ts';

/**
 * The place of a placeholder in a query in PromQL, or of a sample selector: in a label value compared with `=` or `!=`, in a label value matched with `=~` or `!~`, or
 * elsewhere, where no placeholder may be.
 */
export type Placeholder = 'equality' | 'expression' | 'elsewhere';

export interface PlaceholderUse {
  readonly path: string;
  readonly place: Placeholder;
  /** The template of the whole label value that contains it; elsewhere, of the token. */
  readonly value: string;
}

/**
 * The tokens of PromQL, and so of a sample selector, that matter for quotes and braces. Values are escaped only inside double quotes.
 * Single quotes, backticks and comments are tokens so that a double quote inside them is not taken as one.
 */
const TOKEN =
  /#[^\n]*|(?:("(?:[^"\\]|\\.)*"|\w+)?\s*(=~|!~|!=|=)\s*)?"((?:[^"\\]|\\.)*)"|'(?:[^'\\]|\\.)*'|`[^`]*`|\$\{[^}]*\}|[{}]/gs;

/** Returns every placeholder of a query, in order. */
export function placesIn(query: string): PlaceholderUse[] {
  const uses: PlaceholderUse[] = [];
  eachToken(query, (token, place, value) => {
    for (const path of pathsIn(token)) uses.push({ path, place, value });
    return token;
  });
  return uses;
}

/**
 * Fills in a query. In a label value each value is compared literally. Elsewhere, as in the queries of other sources, only names from the
 * catalog and of environments may stand, in which nothing is escaped (`src/config/checks/check-metrics.ts`).
 */
export const fillQuery = (template: string, scope: Scope): string =>
  eachToken(template, (token, place) =>
    fillText(token, scope, (text, path) =>
      // A variable of the operator may be an expression; the name of a service may not.
      quoted(place === 'expression' && !isVariable(path) ? literal(text) : text),
    ),
  );

const isVariable = (path: string) => path.startsWith('environment.') && path !== 'environment.name';

/** Escapes text for double quotes. */
const quoted = (text: string) => text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n');

/** Returns an expression (RE2) that matches exactly this text. */
const literal = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

function eachToken(
  query: string,
  change: (token: string, place: Placeholder, value: string) => string,
): string {
  let depth = 0;
  return query.replace(TOKEN, (token, label?: string, operator?: string, value = token) => {
    if (token === '{') depth += 1;
    if (token === '}') depth -= 1;
    return change(token, placeOf(depth, label, operator), value);
  });
}

/** Returns the place of a token. The label `__name__` chooses the metric's name, so it counts as elsewhere. */
function placeOf(depth: number, label: string | undefined, operator: string | undefined): Placeholder {
  const isLabel = label !== undefined && !/^"?__name__"?$/.test(label) && pathsIn(label).length === 0;
  if (depth !== 1 || operator === undefined || !isLabel) return 'elsewhere';
  return operator.endsWith('~') ? 'expression' : 'equality';
}
