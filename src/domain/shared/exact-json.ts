import { type Fault, type Json, jsonIn } from './json.ts';

/** A part of a JSON text that would not arrive as it is written. */
export interface Altered {
  readonly kind: 'repeated' | 'inexact';
  readonly path: readonly (string | number)[];
  /** Where in the text it begins. */
  readonly offset: number;
  readonly written: string;
}

/** The object or the list that is being read, and which part of it. */
type Inside =
  | { readonly kind: 'object'; readonly names: Set<string>; at: string; isName: boolean }
  | { readonly kind: 'list'; at: number };

const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\],:]/g;

/**
 * Every member that is written twice, of which JSON.parse keeps the last without a word, and every number that it would change.
 *
 * @param text JSON: what is none has no parts that could be named
 */
export function alteredIn(text: string): Altered[] {
  const found: Altered[] = [];
  const around: Inside[] = [];
  for (const { 0: token, index: offset } of text.matchAll(TOKEN)) {
    const inside = around.at(-1);
    const altered = (kind: Altered['kind']) =>
      found.push({ kind, path: around.map(({ at }) => at), offset, written: token });
    switch (token) {
      case '{':
        around.push({ kind: 'object', names: new Set(), at: '', isName: true });
        break;
      case '[':
        around.push({ kind: 'list', at: 0 });
        break;
      case '}':
      case ']':
        around.pop();
        break;
      case ',':
        if (inside?.kind === 'list') inside.at += 1;
        else if (inside) inside.isName = true;
        break;
      case ':':
        if (inside?.kind === 'object') inside.isName = false;
        break;
      default:
        if (inside?.kind === 'object' && inside.isName) {
          inside.at = String(jsonIn(token));
          if (inside.names.has(inside.at)) altered('repeated');
          inside.names.add(inside.at);
        } else if (!token.startsWith('"') && !isKept(token)) altered('inexact');
    }
  }
  return found;
}

/** Whether a number in a text is the same once it is read: JavaScript keeps 53 binary digits of it. */
export function isKept(written: string): boolean {
  const value = Number(written);
  if (!Number.isFinite(value) || !isExact(value)) return false;
  // 1e-400 is not nothing. Other fractions are the nearest there is, for every reader.
  if (value === 0) return /^[-+.0]*(?:e.*)?$/i.test(written);
  return !Number.isInteger(value) || decimalOf(written) === decimalOf(String(value));
}

/**
 * Whether a number can only be the one that was meant. Beyond 2^53 several whole numbers are read as one; from 1e21 on JSON writes
 * an exponent, and nobody takes it for a count or an id.
 */
export const isExact = (value: number): boolean =>
  !Number.isInteger(value) || Number.isSafeInteger(value) || Math.abs(value) >= 1e21;

/** A number as its digits and its exponent, however it is written. */
function decimalOf(written: string): string {
  const [mantissa = '', exponent = '0'] = written.toLowerCase().split('e');
  const [whole = '', fraction = ''] = mantissa.replace(/^[-+]/, '').split('.');
  const digits = `${whole}${fraction}`.replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  return `${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

/** What is wrong with a number, and what would pass. */
export const inexact = (written: string | number): string =>
  `${written} would arrive as another number: whole numbers go up to ${Number.MAX_SAFE_INTEGER} (2^53 - 1); ` +
  'send a larger one as text, in quotes';

const REPEATED = 'is written twice: keep one of them';

/** What is wrong at a part that would not arrive as it is written. */
export const whyAltered = ({ kind, written }: Altered): string =>
  kind === 'repeated' ? REPEATED : inexact(written);

export type ExactJson =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'altered'; readonly faults: readonly Fault[] }
  | { readonly kind: 'none' };

/** What a text says in JSON, where all of it arrives as it is written. */
export function exactJsonIn(text: string): ExactJson {
  const value = jsonIn(text);
  if (value === undefined) return { kind: 'none' };
  const altered = alteredIn(text);
  if (altered.length === 0) return { kind: 'json', value };
  const faults = altered.slice(0, MAX_FAULTS).map((each) => ({
    where: each.path.join('.').slice(0, MAX_PATH) || 'the whole',
    problem: whyAltered(each),
  }));
  return { kind: 'altered', faults };
}

/** 128 KB can hold more faults than a message may, and a name can be long. */
const MAX_FAULTS = 100;
const MAX_PATH = 300;

/** The numbers of a value that may not be the ones that were meant. */
export function inexactIn(
  value: Json,
  path: readonly string[] = [],
): { path: readonly string[]; value: number }[] {
  if (typeof value === 'number') return isExact(value) ? [] : [{ path, value }];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) => inexactIn(part, [...path, name]));
}
