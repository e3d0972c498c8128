import { previewLines } from '../action/preview.ts';
import { inWords } from '../shared/in-words.ts';
import type { Json } from '../shared/json.ts';
import { numberText, shownJson, toDigits } from '../shared/shown-json.ts';
import type { Impact } from './impact.ts';
import type { ParameterChange, ValueNow } from './parameter-change.ts';

/** What an action makes of one parameter, in words. A text in it may be an agent's: it is shown through `visible`, like any other. */
export interface ChangeWords {
  /** The value now, with its unit. Absent: it is not known. */
  readonly from?: string | undefined;
  readonly to: string;
  /** How far it goes, what the value now rests on, and what the parameter may be: each a part of a sentence. */
  readonly notes: readonly string[];
}

/** @param at when it is read, in milliseconds since the epoch: the age of a value counts from here */
export function changeWords(change: ParameterChange, at: number): ChangeWords {
  const { from, to, unit } = change;
  return {
    ...(from.kind === 'unknown' ? {} : { from: valueText(from.value, unit) }),
    to: valueText(to, unit),
    notes: [
      ...(from.kind === 'unknown' ? [] : differenceText(from.value, to)),
      ...groundsText(from, at),
      ...rangeText(change),
      ...defaultText(change),
    ],
  };
}

/** The same in one line, for example `3 instances -> 30 instances: 27 more, 10 times as much; allowed: 1 to 40`. */
export function changeLine(change: ParameterChange, at: number): string {
  const { from, to, notes } = changeWords(change, at);
  const both = from === undefined ? to : `${from} -> ${to}`;
  return notes.length === 0 ? both : `${both}: ${notes.join('; ')}`;
}

/** One line for each parameter that an action changes, and for what the governed system says, as it was when its impact was assessed. */
export const changeLines = ({
  changes = [],
  live,
  preview,
}: Pick<Impact, 'changes' | 'live' | 'preview'>): string[] => [
  ...changes.map((change) => `${change.parameter}: ${changeLine(change, live.at)}`),
  ...(preview ? previewLines(preview) : []),
];

const valueText = (value: Json, unit: string | undefined): string =>
  typeof value === 'number' && unit !== undefined ? `${numberText(value)} ${unit}` : shownJson(value);

/** How far a value goes: by how much, and as a multiple of what it is now. */
function differenceText(from: Json, to: Json): string[] {
  if (shownJson(from) === shownJson(to)) return ['no change'];
  if (typeof from !== 'number' || typeof to !== 'number') return [];
  const isUp = to > from;
  const difference = amountText(Math.abs(to - from));
  const direction = isUp ? 'more' : Number.isInteger(from) && Number.isInteger(to) ? 'fewer' : 'less';
  return [[`${difference} ${direction}`, ...shareText(from, to)].join(', ')];
}

const SMALL = ['none', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

/** Without the last digits, which binary fractions leave: 0.3 - 0.1 is 0.2. */
const amountText = (amount: number): string =>
  // The difference of two finite numbers need not be one.
  Number.isFinite(amount) ? (SMALL[amount] ?? numberText(toDigits(amount, 12))) : 'far';

const rounded = (value: number): string => numberText(toDigits(value, 3));

/** The relation of two different numbers. There is none from 0, to 0, and with what is below 0. */
function shareText(from: number, to: number): string[] {
  const share = to / from;
  // Of negative numbers the larger one is nearer to 0, and "as much" would be misread.
  if (from < 0 || to <= 0 || !Number.isFinite(share) || !Number.isFinite(1 / share)) return [];
  if (share >= 2) return [`${rounded(share)} times as much`];
  if (share > 1) return [`${rounded((share - 1) * 100)} % more`];
  return share > 0.1 ? [`${rounded((1 - share) * 100)} % less`] : [`1/${rounded(1 / share)} of now`];
}

/** What the value now rests on, where nobody read it. */
function groundsText(from: ValueNow, at: number): string[] {
  switch (from.kind) {
    case 'read':
      return [];
    case 'unknown':
      return [`now not known: ${from.reason}`];
    case 'lastSet':
      return [
        `last set ${ageText(at - from.at)} by ${from.actionId}, and something else may have changed it since`,
        ...(from.unread === undefined ? [] : [`now not readable: ${from.unread}`]),
      ];
  }
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** An age: whole minutes from one minute on, whole days from two days on. */
function ageText(ms: number): string {
  const unit = ms < MINUTE ? 1_000 : ms < 2 * DAY ? MINUTE : DAY;
  const age = Math.round(Math.max(0, ms) / unit) * unit;
  return age === 0 ? 'just now' : `${inWords(age)} ago`;
}

function rangeText({ minimum, maximum }: ParameterChange): string[] {
  if (minimum === undefined && maximum === undefined) return [];
  if (maximum === undefined) return [`allowed: ${numberText(minimum ?? 0)} at least`];
  return minimum === undefined
    ? [`allowed: ${numberText(maximum)} at most`]
    : [`allowed: ${numberText(minimum)} to ${numberText(maximum)}`];
}

function defaultText({ to, default: usual, unit }: ParameterChange): string[] {
  if (usual === undefined) return [];
  return [shownJson(usual) === shownJson(to) ? 'this is the default' : `default: ${valueText(usual, unit)}`];
}
