import type { Json } from '../shared/json.ts';
import { partOf } from '../shared/json-reader.ts';
import type { ActionType } from './installation.ts';
import type { ValueSource } from './parameter-rule.ts';

/** What the JSON Schema of a parameter says about its values. */
export interface ParameterSchema {
  /** The types that a value may have. Empty: any. */
  readonly types: readonly string[];
  /** Absent: none is declared, or it is a bare number: "1" (UCUM). */
  readonly unit?: string | undefined;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly default?: Json | undefined;
}

export function parameterSchemaOf(
  { parameters }: Pick<ActionType, 'parameters'>,
  name: string,
): ParameterSchema {
  const schema = partOf(parameters, 'properties', name);
  const unit = partOf(schema, 'unit');
  const minimum = partOf(schema, 'minimum');
  const maximum = partOf(schema, 'maximum');
  const usual = partOf(schema, 'default');
  return {
    types: [partOf(schema, 'type') ?? []].flat().filter((type) => typeof type === 'string'),
    ...(typeof unit === 'string' && unit !== BARE ? { unit } : {}),
    ...(typeof minimum === 'number' ? { minimum } : {}),
    ...(typeof maximum === 'number' ? { maximum } : {}),
    ...(usual === undefined ? {} : { default: usual }),
  };
}

/** The unit of a number that counts nothing and measures nothing (UCUM). */
const BARE = '1';

/** Whether every value of a parameter is a number. */
export const isNumeric = ({ types }: Pick<ParameterSchema, 'types'>): boolean =>
  types.length > 0 && types.every((type) => type === 'integer' || type === 'number');

/** The names of the parameters that an action type declares. */
export const parametersOf = ({ parameters }: Pick<ActionType, 'parameters'>): string[] =>
  Object.keys(partOf(parameters, 'properties') ?? {});

/** Where the value now of each parameter is read, by parameter. One of which operators did not say so is absent. */
export function valueSourcesIn({
  current = {},
  size,
}: Pick<ActionType, 'current' | 'size'>): Record<string, ValueSource> {
  const bySize: [string, ValueSource][] = size?.current
    ? [[size.parameter, { by: 'metric', ...size.current }]]
    : [];
  const declared = Object.entries(current).flatMap(([name, { source }]): [string, ValueSource][] =>
    source ? [[name, source]] : [],
  );
  return Object.fromEntries([...bySize, ...declared]);
}
