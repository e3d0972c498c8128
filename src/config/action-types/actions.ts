import { z } from 'zod';
import { identifier, jsonValue, text } from '../../contract/json.ts';
import { CATEGORIES } from '../../domain/action/action.ts';
import { type ActionType, DIRECTIONS } from '../../domain/installation/installation.ts';
import { isNumeric, parameterSchemaOf } from '../../domain/installation/parameter-schema.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { lookup } from '../../domain/shared/lookup.ts';

import type { ConfigFault } from '../source/fault.ts';
import { checkShape, key, metricQuery, strict, variableName } from '../source/schema.ts';
import type { ParsedFile, Source } from '../source/yaml-files.ts';
import { currentSchema } from './current.ts';
import { planSchema, rollbackSchema } from './plans.ts';
import { reconcileSchema } from './reconcile.ts';
import { watchSchema } from './watch.ts';

const tierNumber = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);

const tier = z
  .union(
    [
      tierNumber.transform((everyTier) => ({ 1: everyTier, 2: everyTier, 3: everyTier, 4: everyTier })),
      strict({ 1: tierNumber, 2: tierNumber, 3: tierNumber, 4: tierNumber }),
    ],
    'must be 1, 2, 3 or 4, or one of these for each service tier, such as {1: 3, 2: 2, 3: 1, 4: 1}',
  )
  .meta({ title: '1 to 4, or one of these for each service tier' });

const severity = z
  .union(
    [z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)],
    'must be 0 (none) to 4 (the worst)',
  )
  .meta({ title: '0 (none) to 4 (the worst)' });

const declaredSeverity = severity.default(0);
const raisedSeverity = severity.optional();

const step = strict({
  beyond: key(
    z.number().min(0),
    'The step applies to a change by more than this part of the current value: `0.5` is one half.',
    '0.5',
  ),
  direction: key(z.enum(DIRECTIONS).optional(), 'It applies to a change in this direction alone.', 'down'),
  performance: key(raisedSeverity, 'It is at least this severe then.', '3'),
  security: key(raisedSeverity, 'It is at least this severe then.', '1'),
  dataAccess: key(raisedSeverity, 'It is at least this severe then.', '1'),
  serviceDisruption: key(raisedSeverity, 'It is at least this severe then.', '3'),
}).refine((values) => CATEGORIES.some((category) => values[category]), {
  message: `raises nothing: write a severity of 1 to 4 for one of ${CATEGORIES.join(', ')}`,
});

const size = strict({
  parameter: key(z.string(), 'A required parameter of type integer or number.', 'count'),
  current: key(
    metricQuery.optional(),
    'Where its current value is read, where `current` of the action type does not say so. If it cannot be read, every step applies.',
    `{ source: storefront, query: 'storefront_instances{service="\${target}"}' }`,
  ),
  raise: key(z.array(step).min(1), 'The steps that raise severities.'),
});

const parametersSchema = z
  .object({
    type: z.literal('object', 'must be object'),
    additionalProperties: z.literal(false, 'must be false: a parameter that nobody declared is refused'),
    properties: z.record(variableName, jsonValue).optional(),
    required: z.array(z.string()).optional(),
  })
  .catchall(jsonValue)
  .meta({ title: 'JSON Schema (draft 2020-12) of an object' });

/** One document of actions/*.yaml. */
export const actionSchema = strict({
  name: key(identifier, 'What agents ask for it by.', 'cache.flush'),
  title: key(
    text(200),
    'What people read first. `${target}` and `${params.NAME}` are filled in.',
    'flush the cache of ${target}',
  ),
  parameters: key(
    parametersSchema,
    'What an agent must and may say. What is not declared is refused.',
    '{ type: object, additionalProperties: false, required: [count], properties: { count: { type: integer } } }',
  ),
  tier: key(
    tier,
    'The least tier: 1 at once, 2 after a window, 3 with approval, 4 only recommended. 1 and 2 need a `rollback`.',
    '{ 1: 3, 2: 2, 3: 1, 4: 1 }',
  ),
  severity: key(
    strict({
      performance: key(declaredSeverity, 'How much it may slow a service down.', '2'),
      security: key(declaredSeverity, 'What it may do to the security of a service.', '1'),
      dataAccess: key(declaredSeverity, 'What it may do to who or what reaches data.', '1'),
      serviceDisruption: key(declaredSeverity, 'How much of a service may fail.', '3'),
    }),
    'What it may do to a service.',
  ),
  size: key(size.optional(), 'Raises severities by how far a parameter goes from its current value.'),
  current: key(
    currentSchema.optional(),
    'By parameter: where the value that it has now is read. Approvers see old and new side by side.',
    '{ version: { http: { url: "${environment.adminUrl}/${target}", value: answer.version } } }',
  ),
  dataMigration: key(
    z.boolean().optional(),
    'Whether taking it back may lose what was written since. Without it, it does not.',
    'true',
  ),
  execute: key(
    planSchema,
    'What is run.',
    '{ http: { method: POST, url: "${environment.adminUrl}/${target}/cache/flush", timeout: 5s } }',
  ),
  rollback: key(
    rollbackSchema.optional(),
    'What takes it back.',
    '{ http: { method: POST, url: "${environment.adminUrl}/${target}/undo", timeout: 5s } }',
  ),
  reconcile: key(
    reconcileSchema.optional(),
    'How to ask whether the effect is there. Where nobody knows whether it ran, it is asked before it is taken back. Without it, it is taken back at once.',
    '{ http: { url: "${environment.adminUrl}/${target}/operations/${action.id}" }, present: status == 200, absent: status == 404 }',
  ),
  watch: key(
    watchSchema.optional(),
    'What is measured afterwards. Out of its limits, or unknown, the action is taken back.',
  ),
  cures: key(
    z.array(identifier).min(1).optional(),
    'The kinds of incidents that it is known to cure, as the source of `live.incidentList` names them. People read it. It lowers nothing.',
    '[stale-cache]',
  ),
  runbook: key(
    identifier.optional(),
    'Names a procedure that operators approved beforehand. Policies may permit more for it.',
    'cache-flush-runbook',
  ),
})
  .refine(({ tier, rollback }) => rollback || Object.values(tier).every((actionTier) => actionTier > 2), {
    path: ['tier'],
    message:
      'tiers 1 and 2 run without approval, and only what can be taken back may: write a rollback, or tiers 3 and 4',
  })
  .refine(
    ({ execute, rollback }) => !(rollback && 'undo' in rollback) || rollback.executor === execute.executor,
    {
      path: ['rollback'],
      message: 'undo takes back what the same executor did: execute has another one',
    },
  );

/** An action type that was checked by itself; its references are not checked. */
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
  const checkedSources = sources.map((source) => ({
    source,
    ...checkShape<ActionType>(actionSchema, source),
  }));
  const actions = checkedSources.flatMap(({ source, value }) => (value ? [{ type: value, source }] : []));
  const names = actions.map(({ type }) => type.name);
  const twice = actions.filter(({ type }, i) => names.indexOf(type.name) < i);
  return {
    actions,
    faults: [
      ...unreadable,
      ...checkedSources.flatMap(({ faults }) => faults),
      ...twice.map(({ source, type }) =>
        source.fault(['name'], `${type.name} is there twice: give it another name`),
      ),
      ...actions.flatMap(unmeasurable),
    ],
  };
}

/** Returns a fault when the size parameter is not a required number: only such a parameter always has a size. */
function unmeasurable({ type, source }: WrittenAction): ConfigFault[] {
  const { size, current = {} } = type;
  if (!size) return [];
  const { required } = parametersSchema.parse(type.parameters);
  if (!isNumeric(parameterSchemaOf(type, size.parameter)) || !required?.includes(size.parameter)) {
    const problem = 'must name a parameter of type integer or number that is among parameters.required';
    return [source.fault(['size', 'parameter'], problem)];
  }
  const isBeside = lookup(current, size.parameter)?.source !== undefined;
  if (isBeside !== (size.current !== undefined)) return [];
  const problem = isBeside
    ? `is written under current.${size.parameter} too: write it there alone`
    : `is missing: write current.${size.parameter}, which says where its value now is read`;
  return [source.fault(['size', 'current'], problem)];
}

/** Returns the digest of each action type. It does not depend on files, order or layout. */
export const actionDigests = (actions: readonly WrittenAction[]) =>
  Object.fromEntries(actions.map(({ type, source }) => [type.name, digestOf(source.value)]));
