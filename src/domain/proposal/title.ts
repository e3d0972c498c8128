import { fillText, pathsIn, type Scope } from '../action/template.ts';
import type { ActionType } from '../installation/installation.ts';
import type { Json } from '../shared/json.ts';
import { partOf } from '../shared/json-reader.ts';

/** Characters of which nobody can make a sentence. */
const ONE_WORD = /^[\p{L}\p{N}._:/@+-]{1,60}$/u;

/**
 * The one line that people read first. INVARIANT 12: what an agent wrote freely into a parameter stands in quotation marks and is said
 * to be its words, so that it cannot pass for ours; and the target is named, whatever the operators' template leaves out.
 */
export function titleOf(
  { title, parameters }: Pick<ActionType, 'title' | 'parameters'>,
  scope: Scope,
): string {
  const filled = fillText(title, scope, (text, path) =>
    path.startsWith('params.') && isFree(partOf(parameters, 'properties', path.slice('params.'.length)), text)
      ? quoted(text)
      : text,
  );
  return pathsIn(title).includes('target') ? filled : `${filled}, on ${String(scope.target)}`;
}

/** So much of them that what follows in the title is read as well. In UTF-16 units. */
const LONGEST = 80;

function quoted(text: string): string {
  const shown = text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '');
  const left = text.length - shown.length;
  return `${JSON.stringify(shown)} (the agent's words${left > 0 ? `, ${left} more characters` : ''})`;
}

/** Whether it can be anything that an agent likes. What operators list, and what is a number, cannot. */
function isFree(schema: Json | undefined, text: string): boolean {
  const type = partOf(schema, 'type');
  const listed = partOf(schema, 'enum') !== undefined || partOf(schema, 'const') !== undefined;
  if (listed || type === 'number' || type === 'integer' || type === 'boolean') return false;
  // A pattern may let everything through.
  const shaped = partOf(schema, 'pattern') !== undefined || partOf(schema, 'format') !== undefined;
  return !(shaped && ONE_WORD.test(text));
}
