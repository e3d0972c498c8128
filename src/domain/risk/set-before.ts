import type { ActionType } from '../installation/installation.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { lookup } from '../shared/lookup.ts';
import type { SetBefore } from './parameter-change.ts';
import { type Setting, setsTheSame } from './sets-the-same.ts';

/** Returns undefined where no such action set it to a number. */
export function setBefore(
  type: ActionType,
  action: Setting,
  name: string,
  past: readonly PastAction[],
): SetBefore | undefined {
  const values = past
    .filter(setsTheSame(type, action, name))
    .filter(({ closed }) => closed?.outcome === 'succeeded')
    .sort((a, b) => (a.admittedAt ?? 0) - (b.admittedAt ?? 0))
    .map(({ params = {} }) => lookup(params, name))
    .filter((value) => typeof value === 'number');
  if (values.length === 0) return undefined;
  const steps = values.slice(1).map((value, i) => value - (values[i] ?? value));
  const isAlways = (sign: number) => steps.length > 0 && steps.every((step) => Math.sign(step) === sign);
  return {
    least: Math.min(...values),
    most: Math.max(...values),
    times: values.length,
    ...(isAlways(1) ? { always: 'greater' } : isAlways(-1) ? { always: 'less' } : {}),
  };
}
