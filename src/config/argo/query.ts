import { placesIn } from '../../domain/action/query-template.ts';
import { pathsIn } from '../../domain/action/template.ts';
import type { Wanted } from './to-cel.ts';

/** The texts of PromQL, and its comments, which may hold quotes that begin no text. */
const TEXT = /#[^\n]*|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`/gs;

/** Why a query cannot be carried over; undefined where it can. */
export function queryProblem(query: string): string | undefined {
  const uses = placesIn(query);
  const foreign = uses.find(({ path }) => path !== 'target');
  if (foreign) return `\${${foreign.path}} has a meaning of its own in Countersign: write the query yourself`;
  return uses.some(({ place }) => place === 'elsewhere')
    ? 'the name of the service may only stand in the value of a label, such as {service="..."}: give its argument a value with --arg instead'
    : undefined;
}

/** Returns the query with the name of the service in double quotes, the only ones in which it is escaped. */
export const quotedForTarget = (query: string): string =>
  query.replace(TEXT, (text) => {
    if (text.startsWith('#') || text.startsWith('"') || pathsIn(text).length === 0) return text;
    const inner = text.slice(1, -1);
    // In backticks, a backslash is a backslash.
    const escaped = text.startsWith('`') ? inner.replaceAll('\\', '\\\\') : inner.replaceAll("\\'", "'");
    return `"${escaped.replace(/"/g, '\\"').replaceAll('\n', '\\n')}"`;
  });

/** Returns the query for the one number that a condition is about. It may end in a comment, so what follows begins a line. */
export function queryFor(query: string, wanted: Wanted): string {
  if (wanted === 'first') return query;
  return `${wanted === 'greatest' ? 'max' : 'min'}(\n${query}\n)`;
}
