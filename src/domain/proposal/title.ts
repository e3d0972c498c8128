import { fillText, pathsIn, type Scope } from '../action/template.ts';
import type { ActionType } from '../installation/installation.ts';
import { beginningOf } from '../shared/beginning.ts';
import type { Json } from '../shared/json.ts';
import { partOf } from '../shared/json-reader.ts';

/** A word of characters that cannot form a sentence. */
const ONE_WORD = /^[\p{L}\p{N}._:/@+-]{1,60}$/u;

/**
 * Returns the line that people read first. INVARIANT 12: text that an agent wrote freely into a parameter is put in quotation marks and
 * marked as the agent's words, so that it cannot be mistaken for ours. The line always names the target, even if the operators' template
 * does not.
 */
export function titleOf(
  { title, parameters }: Pick<ActionType, 'title' | 'parameters'>,
  scope: Scope,
): string {
  const filledTitle = fillText(title, scope, (text, path) =>
    path.startsWith('params.') && isFree(partOf(parameters, 'properties', path.slice('params.'.length)), text)
      ? quoted(text)
      : text,
  );
  return pathsIn(title).includes('target') ? filledTitle : `${filledTitle}, on ${String(scope.target)}`;
}

/** The most UTF-16 units of the agent's words in a title, so that people also read the rest of it. */
const LONGEST = 80;

function quoted(text: string): string {
  const shownPart = beginningOf(text, LONGEST);
  const leftOut = text.length - shownPart.length;
  return `${JSON.stringify(shownPart)} (the agent's words${leftOut > 0 ? `, ${leftOut} more characters` : ''})`;
}

/** Whether an agent can write what it likes into the parameter. It cannot when operators list the values, or for a number. */
function isFree(schema: Json | undefined, text: string): boolean {
  const type = partOf(schema, 'type');
  const isListed = partOf(schema, 'enum') !== undefined || partOf(schema, 'const') !== undefined;
  if (isListed || type === 'number' || type === 'integer' || type === 'boolean') return false;
  // A pattern may permit everything, so the value itself is checked as well.
  const isShaped = partOf(schema, 'pattern') !== undefined || partOf(schema, 'format') !== undefined;
  return !(isShaped && ONE_WORD.test(text));
}
