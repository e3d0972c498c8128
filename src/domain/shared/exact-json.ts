import { type Fault, type Json, jsonIn } from './json.ts';

/** A part of a JSON text that a reader would change. */
export interface Altered {
  readonly kind: 'repeated' | 'inexact';
  readonly path: readonly (string | number)[];
  /** The position in the text where it begins. */
  readonly offset: number;
  readonly written: string;
}

/** The object or the list that is being read, with the current name or index. */
type Inside =
  | { readonly kind: 'object'; readonly names: Set<string>; at: string; isName: boolean }
  | { readonly kind: 'list'; at: number };

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

/**
 * Returns every member that is written twice, of which JSON.parse silently keeps the last, and every number that JSON.parse would change.
 *
 * @param text JSON; the result is meaningless for text that is not JSON
 */
export function alteredIn(text: string): Altered[] {
  const alterations: Altered[] = [];
  const containers: Inside[] = [];
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const container = containers.at(-1);
    const noteAlteration = (kind: Altered['kind']) =>
      alterations.push({ kind, path: containers.map(({ at }) => at), offset, written: token });
    switch (token) {
      case '{':
        containers.push({ kind: 'object', names: new Set(), at: '', isName: true });
        break;
      case '[':
        containers.push({ kind: 'list', at: 0 });
        break;
      case '}':
      case ']':
        containers.pop();
        break;
      case ',':
        if (container?.kind === 'list') container.at += 1;
        else if (container) container.isName = true;
        break;
      case ':':
        if (container?.kind === 'object') container.isName = false;
        break;
      default:
        if (container?.kind === 'object' && container.isName) {
          container.at = String(jsonIn(token));
          if (container.names.has(container.at)) noteAlteration('repeated');
          container.names.add(container.at);
        } else if (!token.startsWith('"') && !isKept(token)) noteAlteration('inexact');
    }
  }
  return alterations;
}

/** Whether a number in a text keeps its value when it is read: JavaScript keeps 53 binary digits. */
export function isKept(literal: string): boolean {
  const value = Number(literal);
  if (!Number.isFinite(value) || !isExact(value)) return false;
  // 1e-400 is not zero, but is read as zero. Other fractions are rounded in the same way by every reader.
  if (value === 0) return /^[-+.0]*(?:e.*)?$/i.test(literal);
  return !Number.isInteger(value) || decimalOf(literal) === decimalOf(String(value));
}

/**
 * Whether a number can only be the one that was meant. Beyond 2^53 several whole numbers are read as the same one; from 1e21 on JSON writes
 * an exponent, and nobody takes such a number for a count or an id.
 */
export const isExact = (value: number): boolean =>
  !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21;

/** Returns a number as its digits and its exponent, independent of how it is written. */
function decimalOf(literal: string): string {
  const [mantissa = '', exponent = '0'] = literal.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[-+]/, '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** Says what is wrong with a number, and what would be accepted. */
export const inexact = (literal: string | number): string =>
  `${literal} would arrive as another number: whole numbers go up to ${Number.MAX_SAFE_INTEGER} (2^53 - 1); ` +
  'send a larger one as text, in quotes';

const REPEATED = 'is written twice: keep one of them';

/** Says what is wrong with a part that a reader would change. */
export const whyAltered = ({ kind, written }: Altered): string =>
  kind === 'repeated' ? REPEATED : inexact(written);

export type ExactJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'altered'; readonly faults: readonly Fault[] }
  | { readonly kind: 'none' };

/** Parses JSON, and refuses it when a part would be changed by reading. */
export function exactJsonIn(text: string): ExactJson {
  const value = jsonIn(text);
  if (value === undefined) return { kind: 'none' };
  const alterations = alteredIn(text);
  if (alterations.length === 0) return { kind: 'json', value };
  const faults = alterations.slice(0, MAX_FAULTS).map((alteration) => ({
    where: alteration.path.join('.').slice(0, MAX_PATH) || 'the whole',
    problem: whyAltered(alteration),
  }));
  return { kind: 'altered', faults };
}

/**
 * Parses the JSON of an answer, for a CEL expression. An answer that has a member twice counts as no answer. A whole number beyond 2^53 is
 * a BigInt, as CEL's `int`, so systems with large ids need not change them.
 */
export function exactAnswerIn(text: string): unknown {
  const answer = jsonIn(text);
  const alterations = alteredIn(text);
  if (alterations.some(({ kind, written }) => kind === 'repeated' || !/^-?\d+$/.test(written)))
    return undefined;
  const root = { answer };
  for (const { path, written } of alterations) {
    const container = ['answer', ...path]
      .slice(0, -1)
      .reduce<object>((part, at) => Reflect.get(part, at), root);
    Reflect.set(container, path.at(-1) ?? 'answer', BigInt(written));
  }
  return root.answer;
}

/** The limits of the answer: 128 KB can contain more faults than a message may, and a name can be long. */
const MAX_FAULTS = 100;
const MAX_PATH = 300;

/** Returns the numbers in a value that may not be the ones that were meant. */
export function inexactIn(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: number }[] {
  if (typeof value === 'number') return isExact(value) ? [] : [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => inexactIn(part, [...path, name]));
}
