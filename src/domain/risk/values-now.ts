import type { Action } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import type { ActionType } from '../installation/installation.ts';
import { parameterSchemaOf } from '../installation/parameter-schema.ts';
import type { PastAction } from '../ledger/past-action.ts';
import { lookup } from '../shared/lookup.ts';
import { notKnownGood } from './known-good.ts';
import { LONGEST_VALUE, type ParameterChange, type ValueNow } from './parameter-change.ts';
import { namesIn, type Setting, setsTheSame } from './sets-the-same.ts';

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
 * Returns the value that each parameter has now: what was read, else what the last action of its type that succeeded set on the target. With it
 * comes what the record says against that value.
 *
 * @param readings what was read, by parameter; a parameter without a source is absent
 * @param past actions of the same type
 */
export function valuesNow(
  type: ActionType,
  action: Setting,
  readings: Readonly<Record<string, ValueRead>>,
  past: readonly PastAction[],
): Record<string, ValueNow> {
  return Object.fromEntries(
    changedParameters(type, action.params).map((name) => {
      const value = valueNow(type, action, name, lookup(readings, name), past);
      if (value.kind === 'unknown') return [name, value];
      const doubt = notKnownGood(type, action, name, value.value, past);
      return [name, doubt ? { ...value, notKnownGood: doubt } : value];
    }),
  );
}

function valueNow(
  type: ActionType,
  action: Setting,
  name: string,
  reading: ValueRead | undefined,
  past: readonly PastAction[],
): ValueNow {
  if (reading?.kind === 'read') return reading;
  const lastSet = lastSetOf(type, action, name, past);
  if (lastSet.kind !== 'lastSet') return reading ?? lastSet;
  return reading ? { ...lastSet, unread: reading.reason } : lastSet;
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

/** Returns what the last action set that succeeded. If a later one may have left something else, nothing is known. */
function lastSetOf(type: ActionType, action: Setting, name: string, past: readonly PastAction[]): ValueNow {
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
