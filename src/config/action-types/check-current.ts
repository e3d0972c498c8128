import {
  isNumeric,
  parameterSchemaOf,
  parametersOf,
  valueSourcesIn,
} from '../../domain/installation/parameter-schema.ts';
import { partOf } from '../../domain/shared/json-reader.ts';
import { lookup } from '../../domain/shared/lookup.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { WrittenAction } from './actions.ts';

/** Checks that each rule is about a parameter that is there and that it fits. */
export function checkCurrent({ type, source }: WrittenAction): ConfigFault[] {
  const names = parametersOf(type);
  return Object.entries(type.current ?? {}).flatMap(([name, { source: from, riskier }]) => {
    const at = (path: readonly string[], problem: string) =>
      source.fault(['current', name, ...path], problem);
    if (!names.includes(name)) return [at([], `is not among parameters.properties; ${hint(name, names)}`)];
    if (isNumeric(parameterSchemaOf(type, name))) return [];
    return [
      ...(from?.by === 'metric'
        ? [at(['metric'], 'gives a number, and the parameter is none: write http or command')]
        : []),
      ...(riskier ? [at(['riskier'], 'is for parameters of type integer or number')] : []),
    ];
  });
}

/** Notes on numbers that people and the risk can compare with nothing. */
export function incomparable({ type, source }: WrittenAction): ConfigFault[] {
  const sources = valueSourcesIn(type);
  return parametersOf(type).flatMap((name) => {
    const { types, minimum, maximum } = parameterSchemaOf(type, name);
    if (!isNumeric({ types }) || lookup(type.current ?? {}, name)?.selects) return [];
    const schema = partOf(type.parameters, 'properties', name);
    const isListed = partOf(schema, 'enum') !== undefined || partOf(schema, 'const') !== undefined;
    const missing = [
      ...(partOf(schema, 'unit') === undefined ? ['no unit ("1" is a bare number)'] : []),
      ...(isListed || (minimum !== undefined && maximum !== undefined)
        ? []
        : ['no range (minimum and maximum)']),
      ...(lookup(sources, name) ? [] : [`no current.${name}, which says where its value now is read`]),
    ];
    const problem = `is a number with ${missing.join(', ')}: people and the risk cannot tell a large change from a small one`;
    return missing.length === 0 ? [] : [source.fault(['parameters', 'properties', name], problem)];
  });
}
