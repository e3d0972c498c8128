import type { ParameterChange, ValueNow } from '../risk/parameter-change.ts';
import { digestOf } from '../shared/digest.ts';
import { numberText, shownJson, toDigits } from '../shared/shown-json.ts';
import { quoted } from './agent-text.ts';
import type { Finding } from './finding.ts';
import { isShare } from './quantity.ts';

/** From this factor on, up or down, a change is large. */
const LARGE = 5;

/** Beyond so many points a change of percent is large: from 1 % to 5 % is a small step, and 50 % to 100 % a usual last one. */
const LARGE_POINTS = 50;

/** Changes by a large factor. From 0 no factor can be named, so any change from it counts as large. */
export const largeChanges = (changes: readonly ParameterChange[]): Finding[] =>
  changes.flatMap(({ parameter, from, to, unit }): Finding[] => {
    const before = from.kind === 'unknown' ? undefined : from.value;
    if (typeof before !== 'number' || typeof to !== 'number' || before === to) return [];
    const factor = to / before;
    const isSmall = isShare(unit)
      ? Math.abs(to - before) <= LARGE_POINTS
      : factor < LARGE && factor > 1 / LARGE;
    if (isSmall) return [];
    return [
      {
        kind: 'largeChange',
        parameter,
        weight: 3,
        text: `${parameter} goes from ${numberText(before)} to ${numberText(to)}${factorText(factor)}${sourceOf(from)}`,
      },
    ];
  });

function factorText(factor: number): string {
  const shown = (value: number) => numberText(toDigits(value, 3));
  if (!Number.isFinite(factor) || factor <= 0) return '';
  return factor > 1 ? `, ${shown(factor)} times as much` : `, one part in ${shown(1 / factor)}`;
}

const sourceOf = ({ kind }: ValueNow) => (kind === 'lastSet' ? ' (the value now is what was set last)' : '');

/** A request that sets what is set already. Parameters that only say which setting is meant have no value now. */
export function noChanges(changes: readonly ParameterChange[]): Finding[] {
  const known = changes.filter(({ from }) => from.kind !== 'unknown');
  const others = changes.filter(({ from, to }) => from.kind === 'unknown' && typeof to !== 'string');
  if (known.length === 0 || others.length > 0 || !known.every(isSame)) return [];
  return known.map(({ parameter, from, to }) => ({
    kind: 'noChange',
    parameter,
    weight: from.kind === 'read' ? 2 : 1,
    text: `${parameter} is ${quoted(shownJson(to))} already, so this changes nothing${sourceOf(from)}`,
  }));
}

const isSame = ({ from, to }: ParameterChange) =>
  from.kind !== 'unknown' && digestOf({ value: from.value }) === digestOf({ value: to });
