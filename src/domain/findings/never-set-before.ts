import type { ParameterChange } from '../risk/parameter-change.ts';
import { numberText, rangeText } from '../shared/shown-json.ts';
import type { Finding } from './finding.ts';
import { isShare } from './quantity.ts';

/** Fewer actions than this have no usual range: the next one would often be outside. */
const FEWEST = 5;

/** From this factor on a number is far outside, where it is also farther outside than the range is wide. */
const FAR = 3;

/** So many points outside are far, of percent. */
const FAR_POINTS = 50;

/**
 * Numbers outside all that earlier actions set here and that succeeded. One that lies between that range and the value now or the default
 * is none: production has been there. Neither is the next one of a number that only ever rose, such as that of a layout. Beside a large
 * change of the same parameter it would raise the same doubt a second time, and a person would have to confirm one thing twice: the
 * large change weighs more already, so it stands alone.
 */
export const neverSetBefore = (
  changes: readonly ParameterChange[],
  largeChanges: readonly Finding[],
): Finding[] =>
  changes.flatMap((change): Finding[] => {
    const { parameter, to, setBefore: before } = change;
    if (typeof to !== 'number' || !before || before.times < FEWEST) return [];
    if (largeChanges.some((large) => large.parameter === parameter)) return [];
    const known = [before.least, before.most, ...knownElsewhere(change)];
    if (to >= Math.min(...known) && to <= Math.max(...known)) return [];
    const { least, most, times, always } = before;
    const far = isFar(change, before, to);
    if (always === (to > most ? 'greater' : 'less') && !far) return [];
    return [
      {
        kind: 'neverSetBefore',
        parameter,
        weight: far ? 2 : 1,
        text: `${parameter} ${numberText(to)} is ${to > most ? 'above' : 'below'} all that was set here before: ${rangeText(least, most)}, ${times} times`,
      },
    ];
  });

const knownElsewhere = ({ from, default: usual }: ParameterChange): number[] =>
  [from.kind === 'unknown' ? undefined : from.value, usual].filter((value) => typeof value === 'number');

function isFar(
  { unit }: ParameterChange,
  { least, most }: NonNullable<ParameterChange['setBefore']>,
  to: number,
): boolean {
  const end = to > most ? most : least;
  const outside = Math.abs(to - end);
  if (isShare(unit)) return outside > FAR_POINTS;
  const factor = to / end;
  return outside > most - least && !(factor < FAR && factor > 1 / FAR);
}
