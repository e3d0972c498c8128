import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { ActionType } from '../installation/installation.ts';
import { isNumeric, parameterSchemaOf, parametersOf } from '../installation/parameter-schema.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { canonicalJson } from '../shared/digest.ts';
import type { Json } from '../shared/json.ts';
import { lookup } from '../shared/lookup.ts';
import { LONGEST_VALUE, type ParameterChange, type ValueNow } from './parameter-change.ts';

type Params = Action['params'];

/** What was read from the source of a parameter. */
export type ValueRead = Exclude<ValueNow, { kind: 'lastSet' }>;

/**
 * Returns the parameters that an action changes: those that are given and that do not only say what is changed. Very long ones are left
 * out, because they would stand in the record twice.
 */
function changedParameters(type: ActionType, params: Params): string[] {
  return namesIn(type, params).filter((name) => {
    const to = lookup(params, name);
    const isShort = to !== undefined && JSON.stringify(to).length <= LONGEST_VALUE;
    return isShort && lookup(type.current ?? {}, name)?.selects !== true;
  });
}

/**
 * Returns the value that each parameter has now: what was read, else what the last action of its type that succeeded set on the target.
 *
 * @param readings what was read, by parameter; a parameter without a source is absent
 * @param past actions of the same type
 */
export function valuesNow(
  type: ActionType,
  action: Pick<Action, 'id' | 'type' | 'target' | 'environment' | 'params'>,
  readings: Readonly<Record<string, ValueRead>>,
  past: readonly PastAction[],
): Record<string, ValueNow> {
  return Object.fromEntries(
    changedParameters(type, action.params).map((name) => {
      const reading = lookup(readings, name);
      if (reading?.kind === 'read') return [name, reading];
      const lastSet = lastSetOf(type, action, name, past);
      if (lastSet.kind === 'unknown') return [name, reading ?? lastSet];
      return [name, reading ? { ...lastSet, unread: reading.reason } : lastSet];
    }),
  );
}

/** The outcomes after which a parameter is as it was before the action. */
const AS_BEFORE: readonly OutcomeKind[] = [
  'rolledBack',
  'failed',
  'recommended',
  'deniedByPerson',
  'deniedByPolicy',
  'expired',
  'undeliverable',
  'cancelled',
  'superseded',
  'revoked',
  'held',
];

/**
 * Returns whether an earlier action ran that was about the same parameter of the same thing. Only one that is the same in all other texts
 * counts, because a text may name what is changed.
 */
export function setsTheSame(
  type: ActionType,
  { id, type: actionType, target, environment, params }: Parameters<typeof valuesNow>[1],
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

/** Returns what the last action set that succeeded. If a later one may have left something else, nothing is known. */
function lastSetOf(
  type: ActionType,
  action: Parameters<typeof valuesNow>[1],
  name: string,
  past: readonly PastAction[],
): ValueNow {
  const unknown = (reason: string): ValueNow => ({ kind: 'unknown', reason });
  const ran = past
    .filter(setsTheSame(type, action, name))
    .sort((a, b) => (b.admittedAt ?? 0) - (a.admittedAt ?? 0))
    .find(({ closed }) => !closed || !AS_BEFORE.includes(closed.outcome));
  if (!ran) return unknown(`no source is declared for it, and no ${action.type} set it here before`);
  const { actionId, closed } = ran;
  if (!closed) return unknown(`${actionId} has run, and is not over`);
  if (closed.outcome !== 'succeeded') return unknown(`${actionId} ended as ${closed.outcome}`);
  const value = lookup(ran.params ?? {}, name);
  if (value === undefined) return unknown(`${actionId}, the last that succeeded, did not set it`);
  return { kind: 'lastSet', value, at: closed.at, actionId };
}

/** The names of the parameters, in the order in which the action type declares them. */
const namesIn = (type: ActionType, params: Params): string[] => [
  ...new Set([...parametersOf(type), ...Object.keys(params)]),
];

const mayName = (type: ActionType, name: string): boolean =>
  lookup(type.current ?? {}, name)?.selects === true || !isNumeric(parameterSchemaOf(type, name));

const isSame = (one: Json | undefined, other: Json | undefined): boolean =>
  one === undefined || other === undefined ? one === other : canonicalJson(one) === canonicalJson(other);

/** Returns what an action makes of its parameters. */
export function changesTo(
  type: ActionType,
  params: Params,
  values: Readonly<Record<string, ValueNow>>,
): ParameterChange[] {
  return changedParameters(type, params).flatMap((parameter) => {
    const to = lookup(params, parameter);
    if (to === undefined) return [];
    const { types: _, ...described } = parameterSchemaOf(type, parameter);
    const from = lookup(values, parameter) ?? { kind: 'unknown', reason: 'nobody read it' };
    return [{ parameter, to, from, ...described }];
  });
}
