import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { CATEGORIES } from '../../domain/action/action.ts';
import type { ApprovalRule, Installation, Rules } from '../../domain/installation/installation.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { businessHours, calendarSchema } from '../calendars/calendar.ts';
import { type Env, withEnv } from '../source/env.ts';
import type { ConfigFault } from '../source/fault.ts';
import { unknownReference, type WrittenNames } from '../source/reference.ts';
import {
  checkShape,
  duration,
  metricQuery,
  named,
  refuseValue,
  type ShapeChecked,
  strict,
  variableName,
} from '../source/schema.ts';
import { type ParsedFile, type Source, textsIn } from '../source/yaml-files.ts';
import { attentionSchema, reviewShape } from './attention.ts';
import { type Connections, connectionShape } from './connections.ts';
import { gatewaySchema } from './gateway.ts';
import { limitsSchema } from './limits.ts';
import { namedRoute, route, withHours } from './routes.ts';
import { schedulesSchema, type WrittenSchedule } from './schedules.ts';

const whom = z
  .string()
  .regex(
    /^(owners|data-owners|on-call|group:[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, on-call or group:name',
  );

/** `{atLeast, of}`, `{allOf}` or `{anyOf}`, at any depth. */
const approval: z.ZodType<ApprovalRule> = z.lazy(() =>
  strict({
    atLeast: z.number().int().min(1).optional(),
    of: z.array(whom).min(1).optional(),
    allOf: z.array(approval).min(2).optional(),
    anyOf: z.array(approval).min(2).optional(),
  }).transform(({ atLeast, of, allOf, anyOf }, context) => {
    const forms: ApprovalRule[] = [
      ...(atLeast !== undefined && of ? [{ atLeast, of }] : []),
      ...(allOf ? [{ allOf }] : []),
      ...(anyOf ? [{ anyOf }] : []),
    ];
    const [form, second] = forms;
    const half = (atLeast === undefined) !== (of === undefined);
    return form && !second && !half
      ? form
      : refuseValue(context, 'needs exactly one of: atLeast with of; allOf; anyOf');
  }),
);

const severityRule = strict({
  when: strict({
    category: z.enum(CATEGORIES),
    atLeast: z.literal([1, 2, 3, 4], 'must be 1 to 4 (the worst)'),
  }),
  require: approval,
});

const peopleRef = z
  .string()
  .regex(/^(user|group):[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be group:name or user:name');

const rulesShape = {
  onCall: peopleRef,
  window: strict({ approval, route: route('proceed', 'a window that nobody stops lets the action run') }),
  approval: strict({ approval, route: route('deny', 'silence never approves') }),
  review: strict({ within: duration(), approval, ...reviewShape }),
  attention: attentionSchema,
  approvals: z.array(severityRule).default([]),
  admitWithin: duration(),
  limits: limitsSchema,
  calendar: calendarSchema,
  approvalRules: z.record(identifier, approval).default({}),
  routes: z.record(identifier, namedRoute).default({}),
  schedules: schedulesSchema,
  businessHours: businessHours.optional(),
  drift: strict({ riskRisesBy: z.int().min(0).max(100).default(10) }).prefault({}),
  live: strict({
    errorBudgetLeft: metricQuery.optional(),
    incidents: metricQuery.optional(),
    onCall: metricQuery.optional(),
  }).optional(),
  standing: strict({ grantedBy: peopleRef }).optional(),
  gateway: gatewaySchema.optional(),
};

/** Its variables, and beside them whether it is production. */
const environment = z
  .record(
    variableName.refine((name) => name !== 'name', 'must not be "name", which every environment has'),
    z.unknown(),
  )
  .superRefine((written, context) => {
    for (const [name, value] of Object.entries(written)) {
      const [kind, message] =
        name === 'production' ? ['boolean', 'must be true or false'] : ['string', 'must be a text'];
      if (typeof value !== kind) context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const fileSchema = strict({
  name: identifier,
  environments: named(identifier, environment),
  ...rulesShape,
  ...connectionShape,
});

/** What a gateway needs of it: not how the world is reached, and none of the secrets in that. */
const gatewayFileSchema = strict({
  name: identifier,
  environments: named(identifier, environment),
  ...rulesShape,
  channels: z.unknown().optional(),
  metricSources: z.unknown().optional(),
  governedSystems: z.unknown().optional(),
  uiUrl: connectionShape.uiUrl,
});

/** Who reads it. */
export type RulesReader = 'worker' | 'gateway';

export interface RulesFile {
  /** What decisions, orders and signed proposals say that they are for. */
  readonly name: string;
  readonly rules: Rules & { readonly schedules: Readonly<Record<string, WrittenSchedule>> };
  readonly environments: Installation['environments'];
  readonly notProduction: Installation['notProduction'];
  /** Absent: it was read for a gateway, and so are the addresses in `environments`. */
  readonly connections?: Connections | undefined;
  readonly uiUrl?: string | undefined;
  readonly source: Source;
}

/** Checks countersign.yaml: its shape, its environment variables, and that the people it names are in the catalog. */
export function readRules(
  file: ParsedFile,
  env: Env,
  written: WrittenNames,
  reader: RulesReader = 'worker',
): ShapeChecked<RulesFile> {
  const [source, second] = file.sources;
  if (!source) return { faults: file.faults };
  if (second) return { faults: [...file.faults, second.fault([], 'is a second document: write all in one')] };
  const filled = withEnv(source, env, reader === 'worker' ? undefined : (member) => FOR_GATEWAYS.has(member));
  const { value, faults } = reader === 'worker' ? shapeOf(filled.source) : gatewayShapeOf(filled.source);
  // What an unset variable would have been cannot be judged: one fault for one cause.
  const unset = new Set(filled.faults.map(placeOf));
  return {
    ...(value ? { value: { ...value, source } } : {}),
    faults: [
      ...file.faults,
      ...filled.faults,
      ...faults.filter((fault) => !unset.has(placeOf(fault))),
      ...unknownPeople(source, written),
    ],
  };
}

/** The members whose variables a gateway reads. */
const FOR_GATEWAYS: ReadonlySet<string> = new Set(['gateway', 'uiUrl']);

type Shaped = ShapeChecked<Omit<RulesFile, 'source'>>;

function shapeOf(source: Source): Shaped {
  const { value, faults } = checkShape(fileSchema, source);
  if (!value) return { faults };
  const { channels, metricSources, governedSystems, uiUrl, ...rest } = value;
  const connections = { ...channels, metricSources, governedSystems, uiUrl };
  return { value: { ...arrange(rest), connections, uiUrl }, faults };
}

function gatewayShapeOf(source: Source): Shaped {
  const { value, faults } = checkShape(gatewayFileSchema, source);
  if (!value) return { faults };
  const { channels: _, metricSources: __, governedSystems: ___, uiUrl, ...rest } = value;
  return { value: { ...arrange(rest), uiUrl }, faults };
}

const placeOf = ({ line, column }: ConfigFault) => `${line}:${column}`;

function arrange({
  name,
  environments,
  ...written
}: Omit<z.infer<typeof fileSchema>, 'channels' | 'metricSources' | 'governedSystems' | 'uiUrl'>): Pick<
  RulesFile,
  'name' | 'rules' | 'environments' | 'notProduction'
> {
  const { admitWithin, limits, ...rules } = written;
  const { within, ...review } = rules.review;
  const each = Object.entries(environments);
  return {
    name,
    environments: Object.fromEntries(each.map(([name, written]) => [name, textsOf(written)])),
    // Whoever says nothing means production.
    notProduction: each.flatMap(([name, { production }]) => (production === false ? [name] : [])).sort(),
    rules: {
      ...rules,
      window: { ...rules.window, route: withHours(rules.window.route, rules.businessHours) },
      approval: { ...rules.approval, route: withHours(rules.approval.route, rules.businessHours) },
      routes: Object.fromEntries(
        Object.entries(rules.routes).map(([name, each]) => [name, withHours(each, rules.businessHours)]),
      ),
      review: { ...review, withinMs: within },
      admitWithinMs: admitWithin,
      ...limits,
    },
  };
}

const textsOf = (variables: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(
    Object.entries(variables).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : [])),
  );

/** The part of the file that decides what agents may do. Nothing from the environment is in it. */
function rulesPart(source: Source): { [key: string]: unknown } {
  const { data = {} } = z.looseObject({}).safeParse(source.value);
  return Object.fromEntries(Object.entries(data).filter(([key]) => Object.hasOwn(rulesShape, key)));
}

function unknownPeople(source: Source, written: WrittenNames): ConfigFault[] {
  return textsIn(rulesPart(source))
    .filter(({ text }) => /^(group|user):/.test(text))
    .flatMap(({ path, text }) => unknownReference(source, path, text, written));
}

/** Depends neither on the environment nor on order or layout. `policies`, `calendars`: the text of each file by its name. */
export const policyDigest = (
  { name, source, notProduction }: Pick<RulesFile, 'name' | 'source' | 'notProduction'>,
  { policies, calendars }: Readonly<Record<'policies' | 'calendars', Readonly<Record<string, string>>>>,
) => digestOf({ name, rules: rulesPart(source), notProduction, policies, calendars });
