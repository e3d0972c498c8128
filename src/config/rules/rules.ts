import { z } from 'zod';
import { identifier } from '../../contract/json.ts';
import { CATEGORIES } from '../../domain/action/action.ts';
import type { ApprovalRule, Installation, Rules } from '../../domain/installation/installation.ts';
import type { ReportSettings } from '../../domain/reports/settings.ts';
import { digestOf } from '../../domain/shared/digest.ts';
import { businessHours, calendarSchema, type WrittenCalendar } from '../calendars/calendar.ts';
import { type Env, withEnv } from '../source/env.ts';
import type { ConfigFault } from '../source/fault.ts';
import { unknownReference, type WrittenNames } from '../source/reference.ts';
import {
  checkShape,
  duration,
  key,
  metricQuery,
  named,
  refuseValue,
  type ShapeChecked,
  strict,
  variableName,
} from '../source/schema.ts';
import { type ParsedFile, type Source, textsIn } from '../source/yaml-files.ts';
import { type AlertReceivers, alertsSchema } from './alerts.ts';
import { attentionSchema, reviewShape } from './attention.ts';
import { type Connections, connectionShape, witnessesOf } from './connections.ts';
import { drillsSchema } from './drills.ts';
import { gatewaySchema } from './gateway.ts';
import { limitsSchema } from './limits.ts';
import { peopleRef } from './people-ref.ts';
import { reportsSchema } from './reports.ts';
import { namedRoute, route, withHours } from './routes.ts';
import { schedulesSchema, type WrittenSchedule } from './schedules.ts';

const recipient = z
  .string()
  .regex(
    /^(owners|data-owners|on-call|group:[A-Za-z0-9][A-Za-z0-9._-]*)$/,
    'must be owners, data-owners, on-call or group:name',
  )
  .meta({ title: '`owners`, `data-owners`, `on-call` or `group:NAME`' });

/** An approval rule: `{atLeast, of}`, `{allOf}` or `{anyOf}`, at any depth. */
export const approval: z.ZodType<ApprovalRule> = z
  .lazy(() =>
    strict({
      atLeast: key(
        z.number().int().min(1).optional(),
        'So many different people must approve. It goes with `of`.',
        '1',
      ),
      of: key(z.array(recipient).min(1).optional(), 'They are people of any of these.', '[owners, on-call]'),
      allOf: key(
        z.array(approval).min(2).optional(),
        'All of these must be met. It stands in place of `atLeast` and `of`.',
        '[{ atLeast: 1, of: [owners] }, { atLeast: 1, of: [group:security] }]',
      ),
      anyOf: key(
        z.array(approval).min(2).optional(),
        'One of these must be met. It stands in place of `atLeast` and `of`.',
        '[{ atLeast: 1, of: [owners] }, { atLeast: 2, of: [on-call] }]',
      ),
    }).transform(({ atLeast, of, allOf, anyOf }, context) => {
      const forms: ApprovalRule[] = [
        ...(atLeast !== undefined && of ? [{ atLeast, of }] : []),
        ...(allOf ? [{ allOf }] : []),
        ...(anyOf ? [{ anyOf }] : []),
      ];
      const [form, second] = forms;
      const isHalfQuorum = (atLeast === undefined) !== (of === undefined);
      return form && !second && !isHalfQuorum
        ? form
        : refuseValue(context, 'needs exactly one of: atLeast with of; allOf; anyOf');
    }),
  )
  .meta({ title: 'approval', section: 'approvals' });

const severityRule = strict({
  when: key(
    strict({
      category: key(z.enum(CATEGORIES), 'The kind of harm.', 'security'),
      atLeast: key(
        z.literal([1, 2, 3, 4], 'must be 1 to 4 (the worst)'),
        'The rule applies from this severity on; 4 is the worst.',
        '3',
      ),
    }),
    'When the rule applies: the assessment found the action that severe.',
  ),
  require: key(
    approval,
    'Who must approve then, besides `approval.approval`. The action is of tier 3 at least.',
    '{ atLeast: 1, of: [group:security] }',
  ),
});

const rulesShape = {
  onCall: key(
    peopleRef,
    'Who is on call: `on-call` means them. They are paged when silence lets an action run, and when taking one back fails.',
    'group:sre-on-call',
  ),
  window: key(
    strict({
      approval: key(
        approval,
        'Who may let the action run before the window ends.',
        '{ atLeast: 1, of: [owners, on-call] }',
      ),
      route: key(
        route('proceed', 'a window that nobody stops lets the action run'),
        'Whom to tell. `onSilence` must be `proceed`.',
        '{ onSilence: proceed, steps: [{ notify: owners, by: mail, wait: 5m }] }',
      ),
    }),
    'Tier 2: the action runs after the route has ended, unless somebody denies it.',
  ),
  approval: key(
    strict({
      approval: key(approval, 'Who must approve.', '{ atLeast: 1, of: [owners] }'),
      route: key(
        route('deny', 'silence never approves'),
        'Whom to tell. `onSilence` must be `deny`: the action then expires.',
        '{ onSilence: deny, steps: [{ notify: owners, by: mail, wait: 4h }] }',
      ),
    }),
    'Tier 3: the action runs only when people approve it.',
  ),
  review: key(
    strict({
      within: key(duration(), 'How long reviewers have.', '24h'),
      approval: key(approval, 'Who reviews.', '{ atLeast: 1, of: [owners] }'),
      ...reviewShape,
    }),
    'People look afterwards at what ran without an approval.',
  ),
  attention: key(attentionSchema, 'How much of the attention of people agents may take.'),
  approvals: key(z.array(severityRule).default([]), 'Who else must approve what is severe.'),
  admitWithin: key(duration(), 'How long a permission to run stays good.', '15m'),
  limits: key(limitsSchema, 'How much may run by itself, counted over time. All limits hold at once.'),
  calendar: key(calendarSchema, 'When actions may run by themselves.'),
  approvalRules: key(
    z.record(identifier, approval).default({}),
    'Approvals by name, for policies that ask for one with `@requires`.',
    '{ security-too: { atLeast: 1, of: [group:security] } }',
  ),
  routes: key(
    z.record(identifier, namedRoute).default({}),
    'Routes by name, without `onSilence`, for policies that ask for one with `@route`.',
    '{ hurried: { steps: [{ notify: owners, by: mail, wait: 1m }] } }',
  ),
  schedules: key(schedulesSchema, 'On-call schedules by name. A step of a route tells `schedule:NAME`.'),
  businessHours: key(
    businessHours.optional(),
    'When people are at work, for steps of a route that ask for it.',
  ),
  doubt: key(
    strict({
      confidenceBelow: key(
        z.int().min(1).max(100).optional(),
        'People decide where the agent says that it is less sure than this, in percent.',
        '60',
      ),
      marginBelow: key(
        z.int().min(-99).max(100).optional(),
        'People decide where it is less far ahead of its best alternative than this, in percent.',
        '10',
      ),
      anomalyAbove: key(
        z.int().min(0).max(99).optional(),
        'People decide where the `anomalyScore` of your detector (`findings`) is above this, in percent. No score counts as 100.',
        '80',
      ),
    }).optional(),
    'Doubt about a request, which leaves it to people. It makes nothing milder ([guide](doubt.md)).',
  ),
  drift: key(
    strict({
      riskRisesBy: key(
        z.int().min(0).max(100).default(10),
        'A rise by more than so many points of risk sends the action back to its people.',
        '10',
      ),
    }).prefault({}),
    'What must become worse, while people are waited for, so that they are asked again.',
  ),
  live: key(
    strict({
      errorBudgetLeft: key(
        metricQuery.optional(),
        'The part of the error budget that is left: 1 is all of it, 0 is none.',
        `{ source: slo, query: 'error_budget_left{service="\${target}"}' }`,
      ),
      errorBudgetBurnRate: key(
        metricQuery.optional(),
        'How fast the error budget is used: at 1 it lasts exactly as long as it is meant to. Above 1 the service is in trouble: waiting costs something.',
        `{ source: slo, query: 'error_budget_burn_rate{service="\${target}"}' }`,
      ),
      incidents: key(
        metricQuery.optional(),
        'How many incidents are open.',
        `{ source: alerts, query: 'open_incidents{service="\${target}"}' }`,
      ),
      incidentList: key(
        metricQuery.optional(),
        'Which incidents are open, one sample each: labels `id`, `title` and `kind`; the value is when it began, in seconds since 1970. It is asked where `incidents` is more than 0.',
        `{ source: alerts, query: 'incident_started_seconds{service="\${target}"}' }`,
      ),
      load: key(
        metricQuery.optional(),
        'How many times the load that is usual for this hour the service has now: 1 is usual. From 1.5 on it adds to the risk.',
        `{ source: slo, query: 'load_against_last_week{service="\${target}"}' }`,
      ),
      onCall: key(
        metricQuery.optional(),
        'How many people are on call. Without it, the people of `onCall` who can sign are counted.',
        `{ source: alerts, query: 'people_on_call{service="\${target}"}' }`,
      ),
    })
      .refine(({ incidents, incidentList }) => incidents ?? !incidentList, {
        path: ['incidentList'],
        message:
          'needs incidents beside it: a list that is empty does not tell that no incident is open from that none could be read',
      })
      .optional(),
    'How a service is now. Each assessment reads it.',
  ),
  standing: key(
    strict({
      grantedBy: key(peopleRef, 'Who may grant an agent a level, and lift holds.', 'group:engineering'),
      scoreCard: key(
        strict({
          cases: key(
            z.int().min(1).max(100_000),
            'The least number of past situations that the build was asked about.',
            '50',
          ),
          wrong: key(
            z.int().min(0).max(100_000).default(0),
            'The most situations in which it repeated what people denied or what went wrong, or gave no answer that can be used.',
            '0',
          ),
        }).optional(),
        'The score card of the very build (`countersign replay`) that somebody must have recorded before a higher level is granted. Without it, none is needed.',
      ),
    }).optional(),
    'Who grants levels, and lifts holds. Without it nobody can.',
  ),
  ledger: key(
    strict({
      erasedBy: key(
        peopleRef.optional(),
        'Who may have erased what entries of the ledger say.',
        'group:privacy',
      ),
      legalHoldsBy: key(
        peopleRef.optional(),
        'Who may place legal holds, which keep entries from being erased, and end them. Name other people than for `erasedBy`.',
        'group:legal',
      ),
    }).optional(),
    'Who decides what the ledger keeps. Without it, nobody can erase anything.',
  ),
  gateway: key(gatewaySchema.optional(), 'Where people decide in a browser.'),
  drills: key(
    drillsSchema.optional(),
    'Drills: requests among the real ones that must be denied, and that nothing can run. Without it there are none.',
  ),
};

/** The variables of an environment, and whether it is production. */
const environment = z
  .record(
    variableName.refine((name) => name !== 'name', 'must not be "name", which every environment has'),
    z.unknown(),
  )
  .superRefine((values, context) => {
    for (const [name, value] of Object.entries(values)) {
      const [kind, message] =
        name === 'production' ? ['boolean', 'must be true or false'] : ['string', 'must be a text'];
      if (typeof value !== kind) context.addIssue({ code: 'custom', path: [name], message });
    }
  });

const names = {
  name: key(
    identifier,
    'What the installation is called. What people and agents sign says it, and counts in no other installation.',
    'storefront',
  ),
  environments: key(
    named(identifier, environment).meta({ title: 'texts, by the name of the environment' }),
    'Each environment by its name, with its variables as texts: action types read them as `${environment.VARIABLE}`. `production: false` says that it is not production.',
    '{ production: { adminUrl: "https://admin.example.com" } }',
  ),
};

const alerts = key(
  alertsSchema,
  'Who sends alerts to `POST /api/alerts/NAME` of the gateway, by a name that you choose. An alert can end the watch of an action (`abortOn`).',
);

const reports = key(reportsSchema.optional(), 'The reports that are sent, and to whom.');

/** countersign.yaml, as a worker reads it. */
export const fileSchema = strict({
  ...names,
  ...rulesShape,
  ...connectionShape,
  alerts,
  reports,
})
  .refine(
    ({ witnesses, witnessesNeeded = 0 }) =>
      witnessesNeeded <= witnessesOf(witnesses, undefined).witnesses.length,
    { path: ['witnessesNeeded'], message: 'must not be more than there are witnesses with a url' },
  )
  .refine(({ doubt, findings }) => doubt?.anomalyAbove === undefined || findings !== undefined, {
    path: ['doubt', 'anomalyAbove'],
    message: 'needs a detector, which gives the score: write `findings`, or leave it out',
  });

/** countersign.yaml, as a gateway reads it: without the connections to the outside and their secrets. */
const gatewayFileSchema = strict({
  ...names,
  ...rulesShape,
  channels: z.unknown().optional(),
  findings: z.unknown().optional(),
  metricSources: z.unknown().optional(),
  governedSystems: z.unknown().optional(),
  credentialSources: z.unknown().optional(),
  databases: z.unknown().optional(),
  witnesses: z.unknown().optional(),
  witnessesNeeded: z.unknown().optional(),
  reports: z.unknown().optional(),
  uiUrl: connectionShape.uiUrl,
  alerts,
});

/** The process that reads the file. */
export type RulesReader = 'worker' | 'gateway';

export interface RulesFile {
  /** The name that decisions, orders and signed proposals carry. */
  readonly name: string;
  readonly rules: Omit<Rules, 'calendar'> & {
    readonly calendar: WrittenCalendar;
    readonly schedules: Readonly<Record<string, WrittenSchedule>>;
  };
  readonly environments: Installation['environments'];
  readonly notProduction: Installation['notProduction'];
  /** Absent: the file was read for a gateway. Then `${env.NAME}` in `environments` is not filled in either. */
  readonly connections?: Connections | undefined;
  readonly uiUrl?: string | undefined;
  /** Absent: none are sent, or the file was read for a gateway. */
  readonly reports?: ReportSettings | undefined;
  /** Read for a worker, its secrets are as written: `${env.NAME}` is not filled in. */
  readonly alerts: AlertReceivers;
  readonly source: Source;
}

/** Checks countersign.yaml: its shape, its environment variables, and that the people it names are in the catalog. */
export function readRules(
  file: ParsedFile,
  env: Env,
  catalogNames: WrittenNames,
  reader: RulesReader = 'worker',
): ShapeChecked<RulesFile> {
  const [source, second] = file.sources;
  if (!source) return { faults: file.faults };
  if (second) return { faults: [...file.faults, second.fault([], 'is a second document: write all in one')] };
  const filledSource = withEnv(
    source,
    env,
    reader === 'worker' ? (member) => member !== 'alerts' : (member) => FOR_GATEWAYS.has(member),
  );
  const { value, faults } =
    reader === 'worker' ? shapeOf(filledSource.source) : gatewayShapeOf(filledSource.source);
  // A member with an unset variable cannot be judged further: one cause gives one fault.
  const unset = new Set(filledSource.faults.map(placeOf));
  return {
    ...(value ? { value: { ...value, source } } : {}),
    faults: [
      ...file.faults,
      ...filledSource.faults,
      ...faults.filter((fault) => !unset.has(placeOf(fault))),
      ...unknownPeople(source, catalogNames),
    ],
  };
}

/** The members whose variables a gateway reads. */
const FOR_GATEWAYS: ReadonlySet<string> = new Set(['gateway', 'uiUrl', 'alerts']);

type Shaped = ShapeChecked<Omit<RulesFile, 'source'>>;

function shapeOf(source: Source): Shaped {
  const { value, faults } = checkShape(fileSchema, source);
  if (!value) return { faults };
  const {
    channels,
    findings: detector,
    metricSources,
    governedSystems,
    credentialSources,
    databases,
    witnesses,
    witnessesNeeded,
    uiUrl,
    alerts,
    reports,
    ...rest
  } = value;
  const byKind = witnessesOf(witnesses, witnessesNeeded);
  const connections = {
    ...channels,
    detector,
    metricSources,
    governedSystems,
    credentialSources,
    databases,
    ...byKind,
    uiUrl,
  };
  return { value: { ...arrange(rest), connections, uiUrl, alerts, reports }, faults };
}

function gatewayShapeOf(source: Source): Shaped {
  const { value, faults } = checkShape(gatewayFileSchema, source);
  if (!value) return { faults };
  const {
    channels: _,
    findings: __,
    metricSources: ___,
    governedSystems: ____,
    credentialSources: _________,
    databases: ________,
    witnesses: _____,
    witnessesNeeded: ______,
    reports: _______,
    uiUrl,
    alerts,
    ...rest
  } = value;
  return { value: { ...arrange(rest), uiUrl, alerts }, faults };
}

const placeOf = ({ line, column }: ConfigFault) => `${line}:${column}`;

function arrange({
  name,
  environments,
  ...writtenRules
}: Omit<
  z.infer<typeof fileSchema>,
  | 'channels'
  | 'findings'
  | 'metricSources'
  | 'governedSystems'
  | 'credentialSources'
  | 'databases'
  | 'witnesses'
  | 'witnessesNeeded'
  | 'uiUrl'
  | 'alerts'
  | 'reports'
>): Pick<RulesFile, 'name' | 'rules' | 'environments' | 'notProduction'> {
  const { admitWithin, limits, ...rules } = writtenRules;
  const { within, ...review } = rules.review;
  const entries = Object.entries(environments);
  return {
    name,
    environments: Object.fromEntries(entries.map(([name, values]) => [name, textsOf(values)])),
    // An environment without `production` is production.
    notProduction: entries.flatMap(([name, { production }]) => (production === false ? [name] : [])).sort(),
    rules: {
      ...rules,
      window: { ...rules.window, route: withHours(rules.window.route, rules.businessHours) },
      approval: { ...rules.approval, route: withHours(rules.approval.route, rules.businessHours) },
      routes: Object.fromEntries(
        Object.entries(rules.routes).map(([name, steps]) => [name, withHours(steps, rules.businessHours)]),
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

/** Returns the part of the file that decides what agents may do. It contains no environment variables. */
const rulesPart = (source: Source) => membersOf(source, (key) => Object.hasOwn(rulesShape, key));

function membersOf(source: Source, isWanted: (key: string) => boolean): { [key: string]: unknown } {
  const { data = {} } = z.looseObject({}).safeParse(source.value);
  return Object.fromEntries(Object.entries(data).filter(([key]) => isWanted(key)));
}

function unknownPeople(source: Source, catalogNames: WrittenNames): ConfigFault[] {
  const namesPeople = (key: string) =>
    key === 'reports' || key === 'witnesses' || Object.hasOwn(rulesShape, key);
  return textsIn(membersOf(source, namesPeople))
    .filter(({ text }) => /^(group|user):/.test(text))
    .flatMap(({ path, text }) => unknownReference(source, path, text, catalogNames));
}

/**
 * Returns the digest of the rules. It does not depend on environment variables, order or layout. `policies`, `calendars`: the text of each
 * file by its name.
 */
export const policyDigest = (
  { name, source, notProduction }: Pick<RulesFile, 'name' | 'source' | 'notProduction'>,
  { policies, calendars }: Readonly<Record<'policies' | 'calendars', Readonly<Record<string, string>>>>,
) => digestOf({ name, rules: rulesPart(source), notProduction, policies, calendars });
