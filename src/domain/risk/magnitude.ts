import type { Action } from '../action/action.ts';
import type { ActionType } from '../installation/installation.ts';
import { isNumeric, parameterSchemaOf, valueSourcesIn } from '../installation/parameter-schema.ts';
import { lookup } from '../shared/lookup.ts';
import type { ParameterChange } from './parameter-change.ts';

/**
 * Returns how far an action goes: the largest factor by which it changes a number, up or down. 1: it changes none. Infinity: it goes from 0
 * or across 0, or nobody knows how far.
 *
 * INVARIANT 7: a number whose source is declared and cannot be read is never small. A number without a source counts only where its last
 * value is known. Text counts nothing: nothing says how far one version is from another.
 */
export function magnitudeOf(
  type: ActionType,
  params: Action['params'],
  changes: readonly ParameterChange[],
): number {
  const sources = valueSourcesIn(type);
  const ofChanges = changes.map((change) =>
    factorIn(
      change,
      lookup(type.current ?? {}, change.parameter)?.riskier,
      lookup(sources, change.parameter) !== undefined,
    ),
  );
  // Cases that are only tried, such as those of the matrix, have no parameters.
  const isUntold = Object.keys(sources).some(
    (name) =>
      lookup(params, name) === undefined &&
      isRequired(type, name) &&
      isNumeric(parameterSchemaOf(type, name)),
  );
  return Math.max(1, ...ofChanges, ...(isUntold ? [Number.POSITIVE_INFINITY] : []));
}

function factorIn(
  { from, to }: ParameterChange,
  riskier: 'up' | 'down' | 'both' = 'both',
  isDeclared: boolean,
): number {
  if (typeof to !== 'number') return 1;
  if (isDeclared && from.kind !== 'read') return Number.POSITIVE_INFINITY;
  if (from.kind === 'unknown' || typeof from.value !== 'number') return 1;
  const isOtherWay = riskier !== 'both' && riskier !== (to > from.value ? 'up' : 'down');
  return isOtherWay ? 1 : factorBetween(from.value, to);
}

/** The larger of two numbers as a multiple of the smaller one. */
function factorBetween(from: number, to: number): number {
  if (from === to) return 1;
  const share = to / from;
  return share > 0 && Number.isFinite(share) ? Math.max(share, 1 / share) : Number.POSITIVE_INFINITY;
}

const isRequired = ({ parameters }: ActionType, name: string): boolean =>
  [parameters.required ?? []].flat().includes(name);
