import { environmentWith, explained } from '../analysis/cel.ts';
import type { ParameterSchema } from '../installation/parameter-schema.ts';
import { exactAnswerIn, isKept } from '../shared/exact-json.ts';
import { isJsonRecord, type Json } from '../shared/json.ts';
import { shownJson } from '../shared/shown-json.ts';
import { LONGEST_VALUE } from './parameter-change.ts';

export type ValueInAnswer =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'none'; readonly reason: string };

/** What an expression for a value can see besides the answer. */
export interface AnswerScope {
  readonly target: string;
  readonly params: { readonly [name: string]: Json };
}

/** The language of such expressions: CEL (cel.dev). An expression cannot loop, call out or see anything else. */
const expressions = environmentWith({ answer: 'dyn', target: 'string', params: 'dyn' });

/** Returns what is wrong with an expression for a value, or null. */
export function valueExpressionFault(expression: string): string | null {
  const typeCheck = expressions.check(expression);
  return typeCheck.valid ? null : explained(typeCheck.error);
}

/**
 * Finds the value of a parameter in the answer of its source. A value that the parameter could not have is no value: whoever reads it
 * would compare it.
 *
 * @param expression absent: the whole answer is the value, as text
 */
export function valueInAnswer(
  text: string,
  expression: string | undefined,
  scope: AnswerScope,
  schema: Pick<ParameterSchema, 'types'>,
): ValueInAnswer {
  if (expression === undefined) return fitting(textValue(text.trim(), schema), schema);
  const answer = exactAnswerIn(text);
  if (answer === undefined) return none('the answer is not JSON, or has a member twice');
  try {
    return fitting(plain(expressions.evaluate(expression, { answer, ...scope })), schema);
  } catch (error) {
    return none(`${expression} is not in the answer: ${explained(error)}`);
  }
}

/** A text as the type that the parameter has. Text that cannot be read so stays text. */
function textValue(text: string, { types }: Pick<ParameterSchema, 'types'>): Json {
  const isNumber = types.includes('integer') || types.includes('number');
  if (isNumber && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text) && isKept(text)) return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** CEL's whole numbers are BigInts. Those beyond 2^53 stay so, and are no JSON. */
function plain(value: unknown): unknown {
  return typeof value === 'bigint' && Number.isSafeInteger(Number(value)) ? Number(value) : value;
}

function fitting(value: unknown, { types }: Pick<ParameterSchema, 'types'>): ValueInAnswer {
  const holder = { value };
  if (!isJsonRecord(holder)) return none('the answer gives no JSON value');
  const json = holder.value as Json;
  const length = JSON.stringify(json).length;
  if (length > LONGEST_VALUE)
    return none(`the value has ${length} characters, ${LONGEST_VALUE} are read at most`);
  if (json === '' || json === null) return none('the answer is empty');
  if (types.length > 0 && !types.some((type) => isOf(type, json)))
    return none(`it is ${shownJson(json)}, and the parameter takes ${types.join(' or ')}`);
  return { kind: 'value', value: json };
}

function isOf(type: string, value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  return typeof value === type;
}

const none = (reason: string): ValueInAnswer => ({ kind: 'none', reason });
