import type { Category, Severity } from '../action/action.ts';
import type { Direction, SizeRule } from '../installation/installation.ts';
import type { Json } from '../shared/json.ts';
import { numberText, percentText } from '../shared/shown-json.ts';
import type { ValueNow } from './parameter-change.ts';

/** What a metric source says about a number now, for example a parameter's current value. */
export type CurrentValue =
  | { readonly kind: 'known'; readonly value: number }
  | { readonly kind: 'unknown'; readonly reason: string };

/** How far an action changes a parameter from its current value. */
export type Size =
  | {
      readonly kind: 'measured';
      readonly parameter: string;
      readonly from: number;
      readonly to: number;
      /** Relative to `from`, up or down: 0.5 is 50 % more or 50 % less. */
      readonly change: number;
    }
  /** It cannot be measured, so it counts as the largest. */
  | { readonly kind: 'unmeasured'; readonly parameter: string; readonly reason: string };

/** Measures the change. A value that cannot be measured gives `unmeasured`, never a change of 0: unknown is never small. */
export function sizeOf(
  { parameter }: SizeRule,
  params: { readonly [name: string]: Json },
  now: ValueNow | undefined,
): Size {
  const unmeasured = (reason: string): Size => ({ kind: 'unmeasured', parameter, reason });
  const to = params[parameter];
  if (typeof to !== 'number') return unmeasured(`${parameter} is not given as a number`);
  const from = now?.kind === 'read' ? now.value : undefined;
  if (typeof from !== 'number') return unmeasured(`the current ${parameter} is not known: ${whyUnread(now)}`);
  const change = from === to ? 0 : Math.abs(to - from) / Math.abs(from);
  return Number.isFinite(change)
    ? { kind: 'measured', parameter, from, to, change }
    : unmeasured(`from ${from} to ${to} no share can be named`);
}

function whyUnread(now: ValueNow | undefined): string {
  if (!now) return 'nobody read it';
  if (now.kind === 'unknown') return now.reason;
  return now.kind === 'lastSet' ? (now.unread ?? 'nobody read it') : 'it is no number';
}

/** Returns the severity that the steps of a rule give to a size, in one category; 0 when no step is reached. */
export function severityBySize({ raise }: SizeRule, size: Size, category: Category): Severity {
  const reachedRaises = raise.filter(
    ({ beyond, direction }) =>
      size.kind === 'unmeasured' ||
      (size.change > beyond && (direction === undefined || direction === directionOf(size))),
  );
  return WORST_FIRST.find((level) => reachedRaises.some((step) => step[category] === level)) ?? 0;
}

const WORST_FIRST: readonly Severity[] = [4, 3, 2, 1];

export const sizeText = (size: Size): string =>
  size.kind === 'measured'
    ? `${size.parameter} goes from ${numberText(size.from)} to ${numberText(size.to)}, ${changeText(size)}`
    : `${size.reason}, so it counts as the largest change`;

type Measured = Extract<Size, { kind: 'measured' }>;

const directionOf = ({ from, to }: Measured): Direction => (to > from ? 'up' : 'down');

/** The change in words, for example "42.9 % less than now". */
export const changeText = (size: Measured): string =>
  size.change === 0
    ? 'no change'
    : `${percentText(size.change)} ${directionOf(size) === 'up' ? 'more' : 'less'} than now`;
