import { lookup } from '../shared/lookup.ts';
import type { Clause } from './agent-text.ts';
import { isHedged, isNounOf, namesMeasure, namesSubject, tellsOfPast, verbsIn } from './grammar.ts';
import { compared, isShare, type Quantity, quantityAt } from './quantity.ts';
import type { Subject } from './subject.ts';
import {
  ADD,
  AFTER_VALUE,
  APPROXIMATELY,
  BEFORE_VALUE,
  FACTORS,
  FEWER,
  GOALS,
  MORE,
  NOW_WORDS,
  PARTS,
  SCALE,
} from './words.ts';

/** What a text says about the value of a parameter. */
export type Stated =
  /** The value that it shall have, or has now. */
  | { readonly about: 'to' | 'from'; readonly quantity: Quantity }
  /** How much is added or removed. */
  | { readonly about: 'step'; readonly quantity: Quantity }
  /** What it is multiplied by: one of several readings, as "a quarter" may be a quarter more, a quarter less, or a quarter of it. */
  | { readonly about: 'factor'; readonly ratios: readonly number[] };

/**
 * Reads the numbers of a clause that clearly are about a parameter: beside its name or unit, in a phrase that says what shall be done, from one
 * value to another, or as a factor. Numbers about the past, under a condition, or of something that is only measured do not count.
 */
export function statedIn(subject: Subject, { words, place }: Clause): Stated[] {
  const statedNow = words.flatMap((_, at) => nowAt(subject, words, at) ?? []);
  if (place === 'evidence') return statedNow;
  const fromTo = words.flatMap((_, at) => fromToAt(subject, words, at));
  if (fromTo.length > 0) return [...fromTo, ...statedNow];
  const others = words.flatMap((_, at) => stepAt(subject, words, at) ?? valueAt(subject, words, at) ?? []);
  return [...others, ...factorsIn(subject, words), ...statedNow];
}

/** "currently 3 instances", "runs on 3 instances". */
function nowAt(subject: Subject, words: readonly string[], at: number): Stated | undefined {
  const quantity = quantityAt(words, at);
  if (!quantity || !isNounOf(subject, words[quantity.next])) return undefined;
  const before = words.slice(0, at);
  const saysNow = before.some((word) => NOW_WORDS.has(word)) || before.slice(-2).join(' ') === 'runs on';
  if (!saysNow || isHedged(before) || tellsOfPast(words)) return undefined;
  // "Now 6 instances are needed" is about the value that the request sets.
  return compared(quantity, subject.to, subject.unit) === 'same' ? undefined : { about: 'from', quantity };
}

/** "from 4 to 6", "4 -> 6". */
function fromToAt(subject: Subject, words: readonly string[], at: number): Stated[] {
  const first = quantityAt(words, at);
  if (!first) return [];
  const joint = isNounOf(subject, words[first.next]) ? first.next + 1 : first.next;
  const isFromTo = words[joint] === 'to' && words[at - 1] === 'from';
  if (!isFromTo && !['->', '=>', '→'].includes(words[joint] ?? '')) return [];
  const second = quantityAt(words, joint + 1);
  if (!second) return [];
  const before = words.slice(0, at);
  const isAbout =
    namesSubject(subject, before) ||
    (!namesMeasure(subject, before) && (namesSubject(subject, words) || verbsIn(before).length > 0));
  if (!isAbout || isHedged(before) || tellsOfPast(words)) return [];
  return [
    { about: 'from', quantity: { ...first, unit: first.unit ?? second.unit } },
    { about: 'to', quantity: second },
  ];
}

/** "two more instances", "add 2 instances", "one instance fewer". */
function stepAt(subject: Subject, words: readonly string[], at: number): Stated | undefined {
  const quantity = quantityAt(words, at);
  if (!quantity || isHedged(words.slice(0, at)) || tellsOfPast(words)) return undefined;
  const [first = '', second = ''] = words.slice(quantity.next);
  const saysStep = (word: string) => MORE.has(word) || FEWER.has(word);
  const before = words[at - 1] ?? '';
  const isStep =
    (saysStep(first) && isNounOf(subject, second)) ||
    (isNounOf(subject, first) && (saysStep(second) || ADD.has(before) || before === 'by'));
  return isStep ? { about: 'step', quantity } : undefined;
}

/** "scale to 6 instances", "needs 6 instances", "set queueLimit to 400", "raise it to 30 s", "a timeout of 30 s", "target: 5 instances". */
function valueAt(subject: Subject, words: readonly string[], at: number): Stated | undefined {
  const quantity = quantityAt(words, at);
  if (!quantity || compared(quantity, subject.to, subject.unit) === 'unknown') return undefined;
  const start = APPROXIMATELY.has(words[at - 1] ?? '') ? at - 1 : at;
  const before = words.slice(0, start);
  const next = words[quantity.next];
  if (isHedged(before) || tellsOfPast(before) || next === 'would' || next === 'or') return undefined;
  const nounBefore = before.findLastIndex((word) => isNounOf(subject, word));
  const stated: Stated = { about: 'to', quantity };
  const last = before.at(-1) ?? '';
  // "A timeout of 30 s" proposes one; "the timeout of 30 s" is the one that is there.
  if (last === 'of' && nounBefore === start - 2)
    return before.slice(-5, nounBefore).some((word) => word === 'a' || word === 'an') ? stated : undefined;
  if (isNounOf(subject, next) && isEnough(words.slice(quantity.next + 1))) return stated;
  if (isLimit(subject, before, next) || isGiven(subject, before, next)) return stated;
  const verb = verbsIn(before).at(-1);
  if (verb === undefined) return GOALS.has(last) && isNounOf(subject, next) ? stated : undefined;
  // Without its unit, the value of a parameter is compared only beside the parameter's own name.
  const isBesideName = !subject.isCount && nounBefore >= 0;
  if (quantity.unit !== undefined && subject.unit === undefined && !isBesideName) return undefined;
  const between = before.slice(verb + 1);
  const isObject = BEFORE_VALUE.has(last) || between.length <= 2;
  const isOnlyNumber = between.every((_, i) => quantityAt(between, i) === undefined);
  if (isNounAfter(subject, words, quantity.next) && isObject && isOnlyNumber) return stated;
  if ((last !== 'to' && last !== '=') || namesMeasure(subject, between)) return undefined;
  if (nounBefore >= 0) return stated;
  const isMeant = between.includes('it') || (subject.isCount && SCALE.has(words[verb] ?? ''));
  const ends = next === undefined || AFTER_VALUE.has(next);
  return isMeant && ends && between.length <= 3 ? stated : undefined;
}

/** "Orders of up to 30 items", "wait for up to 2400 ms": not "answers take up to 2400 ms". */
function isLimit(subject: Subject, before: readonly string[], next: string | undefined): boolean {
  if (before.slice(-2).join(' ') !== 'up to') return false;
  const acts = before[0] === 'wait' || verbsIn(before).length > 0;
  return isNounOf(subject, next) || (subject.unit !== undefined && acts && !namesMeasure(subject, before));
}

/** "With 4 instances cart carries the peak". */
const isGiven = (subject: Subject, before: readonly string[], next: string | undefined): boolean =>
  before.join(' ') === 'with' && isNounOf(subject, next);

/** "Two retries are enough", "6 instances will keep CPU below 60 %". */
const isEnough = (after: readonly string[]): boolean =>
  /^(?:(?:are|is|will be|should be) (?:enough|sufficient|needed|required)|suffice|gives? |(?:will|should) (?:keep|bring|give|handle|carry|cover|serve) )/.test(
    `${after.join(' ')} `,
  );

/** "6 instances", "6 healthy instances", "25 % of the traffic". */
const isNounAfter = (subject: Subject, words: readonly string[], next: number): boolean =>
  words.slice(next, next + (words[next] === 'of' ? 3 : 2)).some((word) => isNounOf(subject, word));

/** "twice as many instances", "double the pool", "by a quarter", "by 25 %", "three times as many". */
function factorsIn(subject: Subject, words: readonly string[]): Stated[] {
  if (isHedged(words) || tellsOfPast(words)) return [];
  const isScaled = subject.isCount && verbsIn(words, SCALE).length > 0;
  if (!namesSubject(subject, words) && !isScaled) return [];
  const isMixed = namesMeasure(subject, words);
  return words.flatMap((_, at): Stated[] => {
    const isBeside = words.slice(Math.max(0, at - 3), at + 4).some((word) => isNounOf(subject, word));
    const ratios = isMixed && !isBeside ? [] : ratiosAt(subject, words, at);
    return ratios.length === 0 ? [] : [{ about: 'factor', ratios }];
  });
}

function ratiosAt({ unit }: Subject, words: readonly string[], at: number): number[] {
  const [word = '', next = '', third = ''] = words.slice(at);
  const before = words[at - 1];
  const factor = lookup(FACTORS, word);
  if (factor !== undefined) return [factor];
  const part = lookup(PARTS, word);
  if (part !== undefined && before === 'a' && next !== 'of') return [1 + part, 1 - part, part];
  if (word === 'half' && (before === 'by' || next === 'as')) return [0.5, 1.5];
  const quantity = quantityAt(words, at);
  if (!quantity) return [];
  if (!isShare(quantity.unit))
    return next === 'times' && ['as', 'the', 'more'].includes(third) ? [quantity.value] : [];
  const after = words[quantity.next] ?? '';
  const isStep = before === 'by' || MORE.has(after) || FEWER.has(after);
  const share = quantity.value / 100;
  return isStep && !isShare(unit) ? [1 + share, 1 - share] : [];
}
