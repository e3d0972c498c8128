import type { Action } from '../action/action.ts';
import type { ActionType } from '../installation/installation.ts';
import { isNumeric, parameterSchemaOf, parametersOf } from '../installation/parameter-schema.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { canonicalJson } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';

/** The parts of an action that say what it sets, and where. */
export type Setting = Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'params'>;

/**
 * Returns whether an earlier action ran that was about the same parameter of the same thing. Only one that is the same in all other texts
 * counts, because a text may name what is changed.
 */
export function setsTheSame(
  type: ActionType,
  { id, type: actionType, target, environment, params }: Setting,
  name: string,
): (past: PastAction) => boolean {
  const naming = namesIn(type, params).filter((other) => other !== name && mayName(type, other));
  return (past) =>
    past.actionId !== id &&
    past.actionType === actionType &&
    past.target === target &&
    past.environment === environment &&
    past.admittedAt !== undefined &&
    naming.every((other) => isSame(lookup(past.params ?? {}, other), lookup(params, other)));
}

/** The names of the parameters, in the order in which the action type declares them. */
export const namesIn = (type: ActionType, params: Setting['params']): string[] => [
  ...new Set([...parametersOf(type), ...Object.keys(params)]),
];

const mayName = (type: ActionType, name: string): boolean =>
  lookup(type.current ?? {}, name)?.selects === true || !isNumeric(parameterSchemaOf(type, name));

const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one === undefined || other === undefined ? one === other : canonicalJson(one) === canonicalJson(other);
