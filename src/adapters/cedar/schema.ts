import type { EntityType, SchemaJson } from '@cedar-policy/cedar-wasm/nodejs';
import type { Vocabulary } from '../../config/index.ts';
import { CONTEXT, GLASS_CONTEXT, GRANT_CONTEXT, MODES } from '../../domain/policy/policy.ts';

type ContextName = keyof typeof CONTEXT;

/**
 * The Cedar schema (JSON format, cedarpolicy.com, language 4.5) of an installation. Action types and environments are enumerated.
 * All facts are in the context: entities have parents but no attributes.
 */
export function schemaOf({ actionTypes, environments }: Vocabulary): SchemaJson<string> {
  const inOwner = { memberOfTypes: ['Group', 'User'] };
  const inGroups = { memberOfTypes: ['Group'] };
  const names = Object.keys(CONTEXT).filter(isContextName);
  const wholeContext = recordOf(names.filter((name) => !isOfGlass(name)));
  const appliesTo = (principal: string, resource: string, context = wholeContext) => ({
    appliesTo: { principalTypes: [principal], resourceTypes: [resource], context },
  });
  return {
    '': {
      entityTypes: {
        Agent: inOwner,
        Service: inOwner,
        User: inGroups,
        Group: inGroups,
        ActionType: oneOf(actionTypes),
        Environment: oneOf(environments),
      },
      actions: {
        ...Object.fromEntries(MODES.map((mode) => [mode, appliesTo('Agent', 'Service')])),
        approve: appliesTo('User', 'Service'),
        breakGlass: appliesTo('User', 'Service', recordOf(names)),
        grant: appliesTo('User', 'Agent', recordOf(GRANT_CONTEXT)),
      },
    },
  };
}

/** An enumeration of these names. Cedar requires at least one member, so without names any id is allowed. */
const oneOf = (names: readonly string[]): EntityType<string> =>
  names.length === 0 ? {} : { enum: [...names] };

export const isContextName = (name: string): name is ContextName => Object.hasOwn(CONTEXT, name);

const isOfGlass = (name: ContextName) => GLASS_CONTEXT.some((candidate) => candidate === name);

function recordOf(names: readonly ContextName[]) {
  return {
    type: 'Record' as const,
    attributes: Object.fromEntries(
      names.map((name) => [
        name,
        { ...typeOf(name), required: isOfGlass(name) || !('optional' in CONTEXT[name]) },
      ]),
    ),
  };
}

function typeOf(name: ContextName) {
  const { type } = CONTEXT[name];
  switch (type) {
    case 'datetime':
      return { type: 'Extension' as const, name: type };
    case 'ActionType':
    case 'Environment':
      return { type: 'Entity' as const, name: type };
    default:
      return { type };
  }
}
