import { wordsIn } from './agent-text.ts';
import { quantityAt } from './quantity.ts';
import { COMPARES, UNITS, WEEKDAYS } from './words.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/**
 * Returns the times that a text says something was measured at, in milliseconds since the epoch. A span that lasts until now, as after "since",
 * ends now. What is only compared with, as after "than", does not count.
 */
export const timesIn = (text: string, at: number): number[] =>
  [...datesIn(text), ...clocksIn(text, at), ...agesIn(text, at)].flatMap(({ time, before }) => {
    if (before === 'since') return at;
    return COMPARES.has(before) ? [] : time;
  });

interface Found {
  readonly time: number;
  /** The word before it. */
  readonly before: string;
}

const DATE =
  /\b(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(?: ?(Z|UTC|[+-]\d{2}:?\d{2}))?)?\b/giu;
const CLOCK = /\b([01]\d|2[0-3]):([0-5]\d)(?::[0-5]\d)? ?(?:Z|UTC)\b/giu;

/** Dates of ISO 8601, in UTC where they say nothing else. A date without a time lasts until its end. */
const datesIn = (text: string): Found[] =>
  [...text.matchAll(DATE)].flatMap((match) => {
    const [, day = '', clock = '23:59:59', zone = 'Z'] = match;
    const time = Date.parse(`${day}T${clock}${zone.toUpperCase() === 'UTC' ? 'Z' : zone.toUpperCase()}`);
    return Number.isNaN(time) ? [] : { time, before: wordBefore(text, match.index) };
  });

/** Times of the day in UTC: the last time, before now, at which a clock showed it. */
function clocksIn(text: string, at: number): Found[] {
  const withoutDates = text.replace(DATE, (date) => ' '.repeat(date.length));
  return [...withoutDates.matchAll(CLOCK)].map((match) => {
    const today = Math.floor(at / DAY) * DAY + Number(match[1]) * HOUR + Number(match[2]) * 60_000;
    return { time: today <= at ? today : today - DAY, before: wordBefore(text, match.index) };
  });
}

const wordBefore = (text: string, index: number): string =>
  wordsIn(text.slice(Math.max(0, index - 24), index)).at(-1) ?? '';

/** "3 hours ago", "yesterday", "last week". */
function agesIn(text: string, at: number): Found[] {
  const words = wordsIn(text);
  return words.flatMap((word, i): Found[] => {
    const before = words[i - 1] ?? '';
    const next = words[i + 1] ?? '';
    if (word === 'yesterday') return [{ time: at - DAY, before }];
    if (word === 'last' && (next === 'week' || WEEKDAYS.has(next))) return [{ time: at - DAY, before }];
    if (word === 'last' && next === 'month') return [{ time: at - 7 * DAY, before }];
    const age = word === 'ago' ? ageBefore(words, i) : undefined;
    return age === undefined ? [] : [{ time: at - age, before: words[i - 3] ?? '' }];
  });
}

function ageBefore(words: readonly string[], ago: number): number | undefined {
  const quantity = [ago - 2, ago - 1]
    .map((start) => quantityAt(words, start))
    .find((found) => found?.next === ago);
  const unit = UNITS.get(quantity?.unit ?? words[ago - 1] ?? '');
  if (unit?.family === 'time') return (quantity?.value ?? 1) * unit.factor;
  return /^(?:weeks?|months?)$/.test(words[ago - 1] ?? '') ? 7 * DAY : undefined;
}
