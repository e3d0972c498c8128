import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { CheckParams } from '../../domain/proposal/check-proposal.ts';
import type { Fault } from '../../domain/shared/json.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import type { Path } from '../source/yaml-files.ts';
import type { WrittenAction } from './actions.ts';

export interface ParamsCheck {
  readonly checkParams: CheckParams;
  readonly faults: readonly ConfigFault[];
}

/** Judges whether a schema is JSON Schema. One for the process: to compile the schema of schemas takes longer than to load most folders. */
const schemaOfSchemas = new Ajv2020({ strict: true, allErrors: true });

/**
 * Compiles the JSON Schema (draft 2020-12) of every action type's parameters. This is done once, because it generates code. The check
 * throws a RangeError for an action type that was not compiled.
 */
export function compileParams(actions: readonly WrittenAction[]): ParamsCheck {
  const ajv = new Ajv2020({
    strict: true,
    allErrors: true,
    allowUnionTypes: true,
    verbose: true,
    validateSchema: false,
  });
  addFormats.default(ajv);
  // What the number counts or measures, for people. It restricts nothing.
  ajv.addKeyword({ keyword: 'unit', metaSchema: { type: 'string', pattern: '^\\S.{0,38}\\S$|^\\S$' } });
  const compiled = new Map<string, ValidateFunction>();
  const faults: ConfigFault[] = [];
  for (const { type, source } of actions) {
    const report = (path: Path, problem: unknown) =>
      faults.push(source.fault(['parameters', ...path], `this is not JSON Schema 2020-12: ${problem}`));
    try {
      if (schemaOfSchemas.validateSchema(type.parameters))
        compiled.set(type.name, ajv.compile(type.parameters));
      else for (const error of schemaOfSchemas.errors ?? []) report(pathOf(error), error.message);
    } catch (error) {
      report([], error instanceof Error ? error.message : error);
    }
  }
  return {
    faults,
    checkParams: ({ name }, params) => {
      const validate = compiled.get(name);
      if (!validate) throw new RangeError(`the parameters of ${name} were never compiled`);
      return validate(params) ? [] : (validate.errors ?? []).map(faultOf);
    },
  };
}

/** Returns the path of a JSON Pointer (RFC 6901). */
const pathOf = ({ instancePath }: ErrorObject) =>
  instancePath
    .split('/')
    .slice(1)
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));

function faultOf(error: ErrorObject): Fault {
  const at = (path: readonly string[], problem: string) => ({
    where: ['params', ...path].join('.'),
    problem,
  });
  const { keyword, params, parentSchema, message = 'is not valid' } = error;
  const path = pathOf(error);
  switch (keyword) {
    case 'required':
      return at([...path, String(params.missingProperty)], 'is missing');
    case 'additionalProperties': {
      const name = String(params.additionalProperty);
      const knownNames = Object.keys(parentSchema?.properties ?? {});
      return at([...path, name], `is not a known parameter; ${hint(name, knownNames)}`);
    }
    case 'enum':
      return at(
        path,
        `must be one of ${[params.allowedValues]
          .flat()
          .map((value) => JSON.stringify(value))
          .join(', ')}`,
      );
    default:
      return at(path, message);
  }
}
