import { pathsIn } from '../../domain/action/template.ts';
import type { ActionType, Installation } from '../../domain/installation/installation.ts';
import { type ConfigFault, hint } from '../source/fault.ts';
import { type Path, textsIn } from '../source/yaml-files.ts';
import type { WrittenAction } from './actions.ts';

type Environments = Installation['environments'];

const MAY_HOLD_TEMPLATES = ['title', 'execute', 'rollback', 'reconcile', 'watch', 'size', 'current'];

/** The environment of a program is not a template: it is resolved by the worker that runs the program. */
const isEnvironment = (path: Path) => {
  const [program, environment] = path.slice(path[0] === 'current' ? 2 : 1);
  return (program === 'command' || program === 'terraform') && environment === 'environment';
};

/**
 * Checks that every `${...}` of an action type has a value for every proposal that agents can send.
 *
 * @param environments undefined when they could not be read: then every `environment.` variable is accepted
 */
export function checkTemplates({ type, source }: WrittenAction, environments?: Environments): ConfigFault[] {
  const texts = textsIn(source.value).filter(
    ({ path }) => MAY_HOLD_TEMPLATES.includes(String(path[0])) && !isEnvironment(path),
  );
  return texts.flatMap(({ path, text }) =>
    pathsIn(text).flatMap((name) => {
      const problem = whyNot(name, type, environments);
      return problem === undefined ? [] : [source.fault(path, `\${${name}} ${problem}`)];
    }),
  );
}

function whyNot(name: string, { parameters }: ActionType, environments?: Environments): string | undefined {
  const properties = Object.keys(parameters.properties ?? {}).map((property) => `params.${property}`);
  const required = [parameters.required ?? []].flat().map((property) => `params.${property}`);
  const variables = environments && variablesIn(environments);
  const knownPaths = [
    ...required,
    'target',
    'action.id',
    'environment.name',
    ...(variables?.everywhere ?? []),
  ];
  if (knownPaths.includes(name) || (!variables && name.startsWith('environment.'))) return undefined;
  if (properties.includes(name))
    return `may be missing: add ${name.slice('params.'.length)} to parameters.required`;
  if (variables?.somewhere.includes(name))
    return 'is not set in every environment of countersign.yaml: set it in each';
  if (name.startsWith('env.'))
    return 'cannot be read here: make it a variable of every environment in countersign.yaml';
  return `names nothing; ${hint(name, knownPaths)}`;
}

function variablesIn(environments: Environments): { everywhere: string[]; somewhere: string[] } {
  const variableLists = Object.values(environments).map((variables) => Object.keys(variables));
  const somewhere = [...new Set(variableLists.flat())];
  const everywhere = somewhere.filter((name) => variableLists.every((names) => names.includes(name)));
  const asPaths = (names: string[]) => names.map((name) => `environment.${name}`);
  return { everywhere: asPaths(everywhere), somewhere: asPaths(somewhere) };
}
