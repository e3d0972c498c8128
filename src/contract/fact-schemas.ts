import { z } from 'zod';
import { OUTCOMES, type Outcome } from '../domain/action/outcome.ts';
import type { Previewed } from '../domain/action/preview.ts';
import type { Measurement } from '../domain/analysis/metrics.ts';
import type { Approver, Quorum, Requirement } from '../domain/approval/requirement.ts';
import type { Background } from '../domain/background/background.ts';
import { MEANS, type Route } from '../domain/escalation/route.ts';
import { FINDING_KINDS, type Finding } from '../domain/findings/finding.ts';
import { ENTRY_KINDS, type LedgerEntry } from '../domain/ledger/ledger.ts';
import type { AskedMode } from '../domain/policy/ask-policy.ts';
import { MODES } from '../domain/policy/policy.ts';
import type { Impact } from '../domain/risk/impact.ts';
import type { Live } from '../domain/risk/live-context.ts';
import type { ParameterChange } from '../domain/risk/parameter-change.ts';
import type { Change } from '../domain/ruling/counterfactual.ts';
import type { Review } from '../domain/ruling/mode.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { delegationSchema } from './delegation.ts';
import { jsonValue } from './json.ts';
import { authoritySchema } from './standing.ts';

/** Schemas of the facts that leave a workflow: answers to clients, the ledger, the demo's report. */

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const tier = z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const people = z.array(z.string());
const milliseconds = z.number().int().nonnegative();
const count = z.number().int().nonnegative();

const approverSchema = z.strictObject({
  person: z.string(),
  keys: z.array(z.string()),
  signsIn: z.literal(true).optional(),
  actsFor: z.array(z.string()).optional(),
}) satisfies z.ZodType<Approver>;

const quorumSchema = z.strictObject({
  atLeast: z.number().int().positive(),
  group: z.string(),
  approvers: z.array(approverSchema),
  excluded: z.array(
    z.strictObject({ person: z.string(), reason: z.string(), denies: approverSchema.optional() }),
  ),
}) satisfies z.ZodType<Quorum>;

const requirementList = z.lazy(() => z.array(requirementSchema).min(1));
const requirementSchema: z.ZodType<Requirement> = z.union([
  quorumSchema,
  z.strictObject({ allOf: requirementList }),
  z.strictObject({ anyOf: requirementList }),
]);

const reviewSchema = z.strictObject({
  withinMs: milliseconds,
  requirement: requirementSchema,
  escalate: z.strictObject({ afterMs: milliseconds, by: z.enum(['mail', 'page']) }).optional(),
}) satisfies z.ZodType<Review>;

const linkMembers = { name: z.string().optional(), next: count.optional() };
const period = { from: milliseconds, until: milliseconds };
const text = z.string();

const routeSchema = z.strictObject({
  steps: z.array(
    z.union([
      z.strictObject({
        ...linkMembers,
        by: z.enum(MEANS),
        whom: z.string(),
        people,
        waitMs: milliseconds,
        shifts: z.array(z.strictObject({ ...period, people })).optional(),
        to: z.string().optional(),
      }),
      z.strictObject({
        ...linkMembers,
        waitMs: milliseconds,
        until: z.array(z.strictObject(period)).optional(),
      }),
      z.strictObject({ ...linkMembers, repeatFrom: count, times: count }),
      z.strictObject({
        ...linkMembers,
        next: count,
        else: count,
        when: z.discriminatedUnion('kind', [
          z.strictObject({ kind: z.literal('during'), what: text, times: z.array(z.strictObject(period)) }),
          z.strictObject({ kind: z.literal('notDelivered'), what: text }),
          z.strictObject({ kind: z.literal('known'), what: text, holds: z.boolean() }),
        ]),
      }),
    ]),
  ),
  onSilence: z.enum(['deny', 'proceed']),
  holdMs: milliseconds.optional(),
  mailSettled: z.boolean().optional(),
}) satisfies z.ZodType<Route>;

const askedModeSchema = z.strictObject({
  mode: z.enum(MODES),
  permitted: z.boolean(),
  policies: z.array(
    z.strictObject({
      id: z.string(),
      effect: z.enum(['permit', 'forbid']),
      owner: z.string(),
      reason: z.string(),
      requires: z.string().optional(),
      route: z.string().optional(),
      watchForMs: milliseconds.optional(),
    }),
  ),
  errors: z.array(z.string()),
}) satisfies z.ZodType<AskedMode>;

const level = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const changeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('environment'), environment: z.string() }),
  z.strictObject({ kind: z.literal('level'), from: level, to: level }),
  z.strictObject({ kind: z.literal('time'), from: milliseconds }),
  z.strictObject({ kind: z.literal('size'), parameter: z.string(), from: z.number(), to: z.number() }),
  z.strictObject({ kind: z.literal('rollback') }),
  z.strictObject({ kind: z.literal('undeclared') }),
]) satisfies z.ZodType<Change>;

const rulingMembers = {
  tier,
  reasons: z.array(z.string()),
  installation: z.string(),
  pins: z.strictObject({ policy: digest, catalog: digest, actionType: z.string(), impact: digest }),
  digest,
  people: z.strictObject({ owners: people, onCall: people, requester: people }),
  floor: tier,
  modes: z.array(askedModeSchema),
  context: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
  watchForMs: milliseconds.optional(),
  nearest: z.array(z.strictObject({ change: changeSchema, tier })).optional(),
  authority: authoritySchema.optional(),
  gateway: z
    .strictObject({ keys: z.array(z.string()), stepUp: z.boolean(), deniedBySession: z.boolean().optional() })
    .optional(),
  breakGlass: z.array(approverSchema).optional(),
  breakGlassReview: reviewSchema.optional(),
  delegations: z.array(delegationSchema).optional(),
  deniedBefore: z
    .strictObject({
      actionId: z.string(),
      by: z.string(),
      reason: z.string(),
      cancelled: z.literal(true).optional(),
      at: milliseconds,
    })
    .optional(),
  outsideAlready: z.array(z.string()).optional(),
  holds: z.array(z.strictObject({ id: z.string(), what: z.string(), liftedBy: people })).optional(),
};
const permit = { ...rulingMembers, kind: z.literal('permit') };

export const rulingSchema = z.union([
  z.strictObject({
    ...rulingMembers,
    kind: z.literal('forbid'),
    outcome: z.enum(['deniedByPolicy', 'undeliverable']),
  }),
  z.strictObject({
    ...permit,
    mode: z.literal('execute'),
    review: reviewSchema,
    admitWithinMs: milliseconds,
  }),
  z.strictObject({
    ...permit,
    mode: z.literal('executeAfterWindow'),
    requirement: requirementSchema,
    route: routeSchema,
    review: reviewSchema,
    admitWithinMs: milliseconds,
  }),
  z.strictObject({
    ...permit,
    mode: z.literal('executeWithApproval'),
    requirement: requirementSchema,
    route: routeSchema,
    admitWithinMs: milliseconds,
  }),
  z.strictObject({ ...permit, mode: z.literal('recommend') }),
]) satisfies z.ZodType<Ruling>;

const severity = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]);
const reasons = z.array(z.string());

const size = { parameter: z.string() };
const dependents = z.strictObject({ count, names: z.array(z.string()) });
const runsBefore = z.strictObject({ ran: count, well: count });
const amount = z.number().nonnegative().optional();

const numberNow = z.union([
  z.strictObject({ kind: z.literal('known'), value: z.number() }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
]);

const read = {
  value: jsonValue,
  at: milliseconds,
  notKnownGood: z
    .strictObject({
      actionId: z.string(),
      at: milliseconds,
      outcome: z.enum(OUTCOMES),
      reason: z.string().optional(),
    })
    .optional(),
};
const parameterChange = z.strictObject({
  parameter: z.string(),
  to: jsonValue,
  from: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('read'), ...read }),
    z.strictObject({
      kind: z.literal('lastSet'),
      ...read,
      actionId: z.string(),
      unread: z.string().optional(),
    }),
    z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
  ]),
  unit: z.string().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  default: jsonValue.optional(),
  setBefore: z
    .strictObject({
      least: z.number(),
      most: z.number(),
      times: count,
      always: z.enum(['greater', 'less']).optional(),
    })
    .optional(),
}) satisfies z.ZodType<ParameterChange>;

/** What the governed system says that an action would do. */
const previewed = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('previewed'),
    preview: z.strictObject({
      summary: z.string(),
      changes: z.array(
        z.strictObject({ what: z.string(), from: jsonValue.optional(), to: jsonValue.optional() }),
      ),
      boundTo: z.record(z.string(), z.string()),
      before: jsonValue.optional(),
    }),
  }),
  z.strictObject({ kind: z.literal('refused'), reason: z.string() }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
]) satisfies z.ZodType<Previewed>;

const live = z.strictObject({
  at: milliseconds,
  localTime: z.string(),
  circumstances: z.strictObject({
    frozen: z.strictObject({ name: z.string(), until: milliseconds }).optional(),
    busy: z.strictObject({ name: z.string(), until: milliseconds }).optional(),
    outsideWindow: z.strictObject({ opensAt: milliseconds }).optional(),
  }),
  errorBudgetLeft: numberNow.optional(),
  errorBudgetBurnRate: numberNow.optional(),
  load: numberNow.optional(),
  incidents: z
    .array(
      z.strictObject({
        service: z.string(),
        open: numberNow,
        named: z
          .array(
            z.strictObject({
              id: z.string(),
              title: z.string(),
              kind: z.string().optional(),
              startedAt: milliseconds,
              cured: z.literal(true).optional(),
            }),
          )
          .optional(),
        unnamed: z.string().optional(),
      }),
    )
    .optional(),
  onCall: numberNow,
  running: z.array(z.strictObject({ actionId: z.string(), service: z.string() })),
}) satisfies z.ZodType<Live>;

export const impactSchema = z.strictObject({
  severity: z.strictObject({
    performance: severity,
    security: severity,
    dataAccess: severity,
    serviceDisruption: severity,
  }),
  size: z
    .union([
      z.strictObject({
        ...size,
        kind: z.literal('measured'),
        from: z.number(),
        to: z.number(),
        change: z.number().nonnegative(),
      }),
      z.strictObject({ ...size, kind: z.literal('unmeasured'), reason: z.string() }),
    ])
    .optional(),
  changes: z.array(parameterChange).optional(),
  preview: previewed.optional(),
  blastRadius: z.strictObject({
    direct: dependents,
    transitive: dependents,
    byServiceTier: z.strictObject({ 1: count, 2: count, 3: count, 4: count }),
    mostCritical: z
      .strictObject({
        name: z.string(),
        serviceTier: tier,
        steps: z.number().int().positive(),
        path: z.array(z.string()),
      })
      .optional(),
  }),
  live,
  rollbackDifficulty: severity,
  leftBehind: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('nothing') }),
      z.strictObject({ kind: z.literal('some'), what: z.array(z.string()) }),
      z.strictObject({ kind: z.literal('unstated') }),
      z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
    ])
    .optional(),
  wentWrong: count.optional(),
  riskScore: z.number().int().min(0).max(100),
  costs: z.strictObject({
    waitingPerHour: amount,
    waitingPerHourInTrouble: amount,
    trouble: z
      .discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('inTrouble'), reason: z.string() }),
        z.strictObject({ kind: z.literal('calm'), reason: z.string() }),
        z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
      ])
      .optional(),
    beingWrong: amount,
    unstated: count,
    errorBudget: amount,
  }),
  similar: z.strictObject({
    count,
    outcomes: z.partialRecord(z.enum(OUTCOMES), count),
    last: z.array(
      z.strictObject({
        actionId: z.string(),
        target: z.string(),
        environment: z.string(),
        outcome: z.enum(OUTCOMES),
        at: milliseconds,
        changed: z.string().optional(),
        reason: z.string().optional(),
      }),
    ),
  }),
  sameBefore: z
    .strictObject({
      count,
      outcomes: z.partialRecord(z.enum(OUTCOMES), count),
      since: milliseconds.optional(),
      last: z
        .strictObject({
          actionId: z.string(),
          outcome: z.enum(OUTCOMES),
          at: milliseconds,
          reason: z.string().optional(),
        })
        .optional(),
    })
    .optional(),
  ranBefore: z.strictObject({ onTarget: runsBefore, byAgent: runsBefore }).optional(),
  reasons: z.strictObject({
    performance: reasons,
    security: reasons,
    dataAccess: reasons,
    serviceDisruption: reasons,
    blastRadius: reasons,
    live: reasons,
    rollbackDifficulty: reasons,
    riskScore: reasons,
    costs: reasons,
    similar: reasons,
  }),
}) satisfies z.ZodType<Impact>;

export const findingSchema = z.strictObject({
  kind: z.enum(FINDING_KINDS),
  parameter: z.string().optional(),
  weight: z.literal([1, 2, 3]),
  text: z.string(),
}) satisfies z.ZodType<Finding>;

const steps = z.array(z.number().nullable());
const metricSeries = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('read'),
    metric: z.string(),
    until: milliseconds,
    values: steps,
    before: z.strictObject({ days: count, least: steps, middle: steps, greatest: steps }).optional(),
  }),
  z.strictObject({ kind: z.literal('unknown'), metric: z.string(), reason: z.string() }),
]);

const calibration = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('counted'),
    from: count,
    to: count,
    ran: count,
    well: count,
  }),
  z.strictObject({ kind: z.literal('unknown'), reason: z.string() }),
]);

const lookedInto = {
  place: count,
  title: z.string(),
  risk: z.number().int().min(0).max(100),
  onTarget: runsBefore,
};
const alternativeFacts = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('permitted'), ...lookedInto, tier, mode: z.enum(MODES) }),
  z.strictObject({ kind: z.literal('forbidden'), ...lookedInto, reason: z.string() }),
  z.strictObject({ kind: z.enum(['noAction', 'notFoundOut']), place: count, reason: z.string() }),
]);

export const backgroundSchema = z.strictObject({
  series: z.array(metricSeries).optional(),
  errorBudgetDayBefore: z.number().optional(),
  calibration: calibration.optional(),
  alternatives: z.array(alternativeFacts).optional(),
}) satisfies z.ZodType<Background>;

const side = z.union([
  z.strictObject({ bad: z.number(), of: z.number() }),
  z.strictObject({ value: z.number() }),
]);
const evidence = z.strictObject({ worse: z.number(), notWorse: z.number() });

const weighedSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('events'),
    enough: evidence,
    evidence,
    bad: z.number(),
    of: z.number(),
    badBefore: z.number(),
    ofBefore: z.number(),
    atLeast: z.number().optional(),
    atMost: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal('values'),
    after: count,
    before: count,
    middleBefore: z.number(),
    estimate: z.number(),
    atLeast: z.number(),
    atMost: z.number(),
    limit: z.number(),
  }),
]);

const lookSchema = z.strictObject({
  finding: z.enum(['worse', 'notWorse', 'undecided']),
  reason: z.string(),
  until: milliseconds,
  blocks: z.array(z.strictObject({ from: milliseconds, after: side.nullable(), before: side.nullable() })),
  weighed: weighedSchema.optional(),
});

export const measurementSchema = z.strictObject({
  metric: z.string(),
  phase: z.enum(['successful', 'failed', 'inconclusive', 'error']),
  value: z.number().optional(),
  reason: z.string(),
  at: milliseconds,
  between: z.literal(true).optional(),
  look: lookSchema.optional(),
}) satisfies z.ZodType<Measurement>;

export const outcomeSchema = z.strictObject({
  kind: z.enum(OUTCOMES),
  reason: z.string(),
}) satisfies z.ZodType<Outcome>;

export const ledgerEntrySchema = z.strictObject({
  seq: z.number().int().positive(),
  eventId: z.string(),
  actionId: z.string(),
  kind: z.enum(ENTRY_KINDS),
  at: milliseconds,
  body: jsonValue,
  previousHash: digest,
  salt: z.string().optional(),
  commitment: digest.optional(),
  hash: digest,
}) satisfies z.ZodType<LedgerEntry>;
