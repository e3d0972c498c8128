import { z } from 'zod';
import { identifier, jsonValue, text } from '../../contract/json.ts';
import { CATEGORIES } from '../../domain/action/action.ts';
import { type ActionType, DIRECTIONS } from '../../domain/installation/installation.ts';
import { digestOf } from '../../domain/shared/digest.ts';

import type { ConfigFault } from '../source/fault.ts';
import { checkShape, metricQuery, strict, variableName } from '../source/schema.ts';
import type { ParsedFile, Source } from '../source/yaml-files.ts';
import { planSchema } from './plans.ts';
import { watchSchema } from './watch.ts';

const tierNumber = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const tier = z.union(
  [
    tierNumber.transform((all) => ({ 1: all, 2: all, 3: all, 4: all })),
    strict({ 1: tierNumber, 2: tierNumber, 3: tierNumber, 4: tierNumber }),
  ],
  'must be 1, 2, 3 or 4, or one of these for each service tier, such as {1: 3, 2: 2, 3: 1, 4: 1}',
);

const severity = z.union(
  [z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)],
  'must be 0 (none) to 4 (the worst)',
);

const declared = severity.default(0);
const raised = severity.optional();

const step = strict({
  beyond: z.number().min(0),
  direction: z.enum(DIRECTIONS).optional(),
  performance: raised,
  security: raised,
  dataAccess: raised,
  serviceDisruption: raised,
}).refine((written) => CATEGORIES.some((category) => written[category]), {
  message: `raises nothing: write a severity of 1 to 4 for one of ${CATEGORIES.join(', ')}`,
});

const size = strict({
  parameter: z.string(),
  current: metricQuery,
  raise: z.array(step).min(1),
});

const parametersSchema = z
  .object({
    type: z.literal('object', 'must be object'),
    additionalProperties: z.literal(false, 'must be false: a parameter that nobody declared is refused'),
    properties: z.record(variableName, jsonValue).optional(),
    required: z.array(z.string()).optional(),
  })
  .catchall(jsonValue);

const actionSchema = strict({
  name: identifier,
  title: text(200),
  parameters: parametersSchema,
  tier,
  severity: strict({
    performance: declared,
    security: declared,
    dataAccess: declared,
    serviceDisruption: declared,
  }),
  size: size.optional(),
  dataMigration: z.boolean().optional(),
  execute: planSchema,
  rollback: planSchema.optional(),
  watch: watchSchema.optional(),
  runbook: identifier.optional(),
}).refine(({ tier, rollback }) => rollback || Object.values(tier).every((each) => each > 2), {
  path: ['tier'],
  message:
    'tiers 1 and 2 run without approval, and only what can be taken back may: write a rollback, or tiers 3 and 4',
});

/** An action type that was checked by itself; what it refers to is not. */
export interface WrittenAction {
  readonly type: ActionType;
  readonly source: Source;
}

export interface Actions {
  readonly actions: readonly WrittenAction[];
  readonly faults: readonly ConfigFault[];
}

/** Checks the documents of actions/*.yaml, each by itself. */
export function readActions({ sources, faults: unreadable }: ParsedFile): Actions {
  const checked = sources.map((source) => ({ source, ...checkShape<ActionType>(actionSchema, source) }));
  const actions = checked.flatMap(({ source, value }) => (value ? [{ type: value, source }] : []));
  const names = actions.map(({ type }) => type.name);
  const twice = actions.filter(({ type }, i) => names.indexOf(type.name) < i);
  return {
    actions,
    faults: [
      ...unreadable,
      ...checked.flatMap(({ faults }) => faults),
      ...twice.map(({ source, type }) =>
        source.fault(['name'], `${type.name} is there twice: give it another name`),
      ),
      ...actions.flatMap(unmeasurable),
    ],
  };
}

/** Only a number that is always there has a size. */
function unmeasurable({ type: { parameters, size }, source }: WrittenAction): ConfigFault[] {
  if (!size) return [];
  const { properties, required } = parametersSchema.parse(parameters);
  const { type } = z
    .looseObject({ type: z.unknown() })
    .catch({ type: undefined })
    .parse(properties?.[size.parameter]);
  if ((type === 'integer' || type === 'number') && required?.includes(size.parameter)) return [];
  const problem = 'must name a parameter of type integer or number that is among parameters.required';
  return [source.fault(['size', 'parameter'], problem)];
}

/** By action type. Depends neither on files nor on order or layout. */
export const actionDigests = (actions: readonly WrittenAction[]) =>
  Object.fromEntries(actions.map(({ type, source }) => [type.name, digestOf(source.value)]));
