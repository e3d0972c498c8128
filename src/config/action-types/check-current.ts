import { isNumeric, parameterSchemaOf, parametersOf } from '../../domain/installation/parameter-schema.ts';
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
