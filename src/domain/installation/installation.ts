import type { Category, Plan, ServiceTier, Severity, Tier } from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import type { Limit } from '../admission/limits.ts';
import type { LiveQueries, MetricQuery, Watch } from '../analysis/metrics.ts';
import type { ReviewRules } from '../approval/review-rules.ts';
import type { Gateway } from '../approval/signing-gateway.ts';
import type { Attention } from '../attention/request-limits.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Schedule } from '../calendar/on-call-schedule.ts';
import type { BusinessHours, RouteTemplate, Whom } from '../escalation/route-template.ts';
import type { Json } from '../shared/json.ts';
import type { Person } from './person.ts';

export const DIRECTIONS = ['up', 'down'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** How far a parameter goes from its current value, and what that makes the action. */
export interface SizeRule {
  /** Name of a required, numeric parameter. */
  readonly parameter: string;
  /** Where its current value is read; the query may hold `${target}` and the like. */
  readonly current: MetricQuery;
  /** Each step counts beyond this relative change: 0.5 is 50 % of the current value, up or down unless it names one of them. */
  readonly raise: readonly ({ readonly beyond: number; readonly direction?: Direction | undefined } & {
    readonly [category in Category]?: Severity | undefined;
  })[];
}

/** A request as operators write it: strings may hold `${params.x}` and the like. */
export type PlanTemplate = Plan;

export interface ActionType {
  readonly name: string;
  /** Template of the one line that people read first, such as `deploy ${params.version} to ${target}`. */
  readonly title: string;
  /** JSON Schema (draft 2020-12) of the parameters. */
  readonly parameters: { readonly [key: string]: Json };
  readonly tier: Readonly<Record<ServiceTier, Tier>>;
  /** In production, on a service that is neither of tier 1 nor holds data that must not get out. */
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly size?: SizeRule | undefined;
  /** It changes the form of stored data, so that taking it back may lose what was written since. */
  readonly dataMigration?: boolean | undefined;
  readonly execute: PlanTemplate;
  readonly rollback?: PlanTemplate | undefined;
  readonly watch?: Watch | undefined;
  /** The pre-approved runbook that it follows, by the operators' name for it. An agent cannot claim one. */
  readonly runbook?: string | undefined;
}

export const DATA_CLASSIFICATIONS = ['public', 'internal', 'confidential', 'restricted'] as const;
export type DataClassification = (typeof DATA_CLASSIFICATIONS)[number];

export interface Service {
  readonly name: string;
  readonly owner: string;
  readonly serviceTier: ServiceTier;
  /** Names of the components that this one needs. */
  readonly dependsOn: readonly string[];
  /** Why actions on it are refused. Absent: it may be a target. */
  readonly notTarget?: string | undefined;
  /** Owners of the databases that it depends on, as `group:name` or `user:name`. None: its own owner. */
  readonly dataOwners?: readonly string[] | undefined;
  /** Of the IANA database, such as `Europe/Berlin`: the clocks by which its change windows open. Absent: the calendar's. */
  readonly timeZone?: string | undefined;
  /** What an hour of trouble with it costs in production, in the installation's currency. Absent: nobody stated it. */
  readonly costPerHour?: number | undefined;
  /** How secret the data is that it holds. Absent: nobody stated it, and it counts as restricted. */
  readonly dataClassification?: DataClassification | undefined;
  /** Its availability objective in percent, such as 99.9. */
  readonly slo?: number | undefined;
}

export interface Agent {
  readonly id: string;
  /** `user:name` or `group:name`: this side never approves the agent's actions. */
  readonly owner: string;
  /** Where its first build starts: what it may do by itself before there is any record of it. */
  readonly level: Level;
  /** Ed25519 public keys (the `x` of an OKP JWK) that it signs proposals with. Absent: it signs none. */
  readonly keys?: readonly string[] | undefined;
}

/** Who must approve, as operators write it: so many of a group, all of several rules, or any one of them. */
export type ApprovalRule =
  | { readonly atLeast: number; readonly of: readonly Whom[] }
  | { readonly allOf: readonly ApprovalRule[] }
  | { readonly anyOf: readonly ApprovalRule[] };

/** Asks for more than the tier does, from a severity on. */
export interface SeverityRule {
  readonly when: { readonly category: Category; readonly atLeast: Exclude<Severity, 0> };
  readonly require: ApprovalRule;
}

export interface Rules {
  readonly onCall: string;
  readonly window: { readonly approval: ApprovalRule; readonly route: RouteTemplate };
  readonly approval: { readonly approval: ApprovalRule; readonly route: RouteTemplate };
  readonly review: { readonly withinMs: number; readonly approval: ApprovalRule } & ReviewRules;
  readonly attention?: Attention | undefined;
  /** All of those that apply must be met, and the rule of tier 3 with them. */
  readonly approvals: readonly SeverityRule[];
  /** How long a permission to run stays good once people (or the window) gave it. */
  readonly admitWithinMs: number;
  /** What may run by itself in a time that slides. */
  readonly limits: readonly Limit[];
  /** How many actions may run at once on a service and those beside it; absent: one on each. */
  readonly neighbourhoodAtOnce?: number | undefined;
  readonly calendar: Calendar;
  /** What a policy may ask for besides the usual approval, with `@requires`. */
  readonly approvalRules: Named<ApprovalRule>;
  /** What a policy may put in place of the usual steps, with `@route`. */
  readonly routes: Named<Omit<RouteTemplate, 'onSilence'>>;
  /** Who takes turns at being on call. */
  readonly schedules?: Named<Schedule> | undefined;
  /** When people are at work, by their clocks. */
  readonly businessHours?: BusinessHours | undefined;
  /** A rise of the risk score by more than this sends an action back to its gate, in points. */
  readonly drift: { readonly riskRisesBy: number };
  /** Absent: nobody stated where any of it is read. */
  readonly live?: LiveQueries | undefined;
  /** Who may grant levels and lift holds. Absent: nobody may. */
  readonly standing?: { readonly grantedBy: string } | undefined;
  /** Absent: people decide with keys of their own alone. */
  readonly gateway?: Gateway | undefined;
}

type Named<T> = Readonly<Record<string, T>>;

/** All that operators wrote, checked: plain data, no I/O behind it. Secrets are not in it. */
export interface Installation {
  /** What decisions, orders and signed proposals say that they are for. */
  readonly name: string;
  readonly environments: Named<Named<string>>;
  /** Environments that serve nobody outside. Every other one is production. */
  readonly notProduction: readonly string[];
  readonly actionTypes: Named<ActionType>;
  readonly services: Named<Service>;
  /** Names of the services that need each service themselves: `dependsOn` turned round, sorted. */
  readonly dependents: Named<readonly string[]>;
  readonly people: Named<Person>;
  /** Members of each group, by person's name. */
  readonly groups: Named<readonly string[]>;
  /** The groups that each group is inside of, at any depth. */
  readonly groupParents: Named<readonly string[]>;
  readonly agents: Named<Agent>;
  readonly rules: Rules;
  readonly digests: Readonly<Record<'policy' | 'catalog', string>> & { readonly actionTypes: Named<string> };
}

/** The services that actions may be asked for on. The others only count in the blast radius. */
export const targetsIn = ({ services }: Pick<Installation, 'services'>): Service[] =>
  Object.values(services).filter(({ notTarget }) => notTarget === undefined);
