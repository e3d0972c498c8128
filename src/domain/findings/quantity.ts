import { lookup } from '../shared/lookup.ts';
import { NUMBER_WORDS, UNITS } from './words.ts';

/** A number in a text. */
export interface Quantity {
  readonly value: number;
  /** The name of its unit, one of `UNITS`. */
  readonly unit?: string | undefined;
  /** The place of the word after it. */
  readonly next: number;
}

const DIGITS = /^(\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?)(%|[a-z]{1,12})?$/;

/** Reads the number that begins at a word: `6`, `six`, `2.5 s`, `30ms`, `25 %`. Undefined: there is none. */
export function quantityAt(words: readonly string[], at: number): Quantity | undefined {
  const word = words[at];
  if (word === undefined) return undefined;
  const spelled = lookup(NUMBER_WORDS, word);
  const [, digits, glued] = DIGITS.exec(word) ?? [];
  const value = spelled ?? (digits === undefined ? undefined : Number(digits.replaceAll(',', '')));
  if (value === undefined || !Number.isFinite(value)) return undefined;
  if (glued !== undefined) return UNITS.has(glued) ? { value, unit: glued, next: at + 1 } : undefined;
  const following = words[at + 1];
  return following !== undefined && UNITS.has(following)
    ? { value, unit: following, next: at + 2 }
    : { value, next: at + 1 };
}

export const isShare = (unit: string | undefined): boolean =>
  unit !== undefined && UNITS.get(unit)?.family === 'share';

/** How many of the smaller unit are one of the other: `gb` in `mb` is 1000 or 1024. Empty: they do not measure the same. */
function factorsBetween(unit: string, other: string): number[] {
  const from = UNITS.get(unit);
  const to = UNITS.get(other);
  if (!from || !to || from.family !== to.family) return [];
  if (from.family !== 'bytes') return [from.factor / to.factor];
  const exponent = Math.round(Math.log(from.factor / to.factor) / Math.log(1_000));
  return [1_000 ** exponent, 1_024 ** exponent];
}

/**
 * Whether a number of a text and a value are the same. `unknown`: their units do not measure the same, so the text is about something else.
 *
 * @param unit the unit of the value, if it is known
 */
export function compared(
  quantity: Pick<Quantity, 'value' | 'unit'>,
  value: number,
  unit: string | undefined,
): 'same' | 'differs' | 'unknown' {
  const factors = factorsOf(quantity.unit, unit);
  if (factors.length === 0) return 'unknown';
  return factors.some((factor) => near(quantity.value * factor, value)) ? 'same' : 'differs';
}

/** The numbers by which a number of the text is multiplied before it is compared with a value. */
function factorsOf(written: string | undefined, unit: string | undefined): number[] {
  if (written === undefined) return [1];
  if (unit !== undefined) return factorsBetween(written, unit);
  // The unit of the value is not known: any of the family may be meant.
  const family = UNITS.get(written)?.family;
  return [...UNITS]
    .filter(([, other]) => other.family === family)
    .flatMap(([name]) => factorsBetween(written, name));
}

const near = (a: number, b: number) => Math.abs(a - b) <= 0.005 * Math.abs(b);
