import type {
  AskedReconcile,
  Category,
  FlagPlan,
  FlagSettings,
  GithubPlan,
  McpPlan,
  Plan,
  ServiceTier,
  Severity,
  Tier,
} from '../action/action.ts';
import type { Level } from '../action/autonomy-level.ts';
import type { DoubtRules } from '../action/doubt.ts';
import type { FlagShare } from '../action/flag.ts';
import type { Limit } from '../admission/limits.ts';
import type { LiveQueries, MetricQuery, Watch } from '../analysis/metrics.ts';
import type { ReviewRules } from '../approval/review-rules.ts';
import type { Gateway } from '../approval/signing-gateway.ts';
import type { Attention } from '../attention/request-limits.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { Schedule } from '../calendar/on-call-schedule.ts';
import type { BusinessHours, RouteTemplate, Whom } from '../escalation/route-template.ts';
import type { Json } from '../shared/json.ts';
import type { ParameterRule } from './parameter-rule.ts';
import type { Person } from './person.ts';

export const DIRECTIONS = ['up', 'down'] as const;
export type Direction = (typeof DIRECTIONS)[number];

/** The size rule of an action type: which parameter is measured, and the severity that a change of it gives. */
export interface SizeRule {
  /** Name of a required, numeric parameter. */
  readonly parameter: string;
  /** Where its current value is read. Absent: where the action type's `current` says. The query may contain `${target}` and others. */
  readonly current?: MetricQuery | undefined;
  /**
   * The steps. Each counts beyond this relative change: 0.5 is 50 % of the current value, up or down unless the step names one direction.
   */
  readonly raise: readonly ({ readonly beyond: number; readonly direction?: Direction | undefined } & {
    readonly [category in Category]?: Severity | undefined;
  })[];
}

/** What a score card must say before a higher level is granted. */
export interface ScoreCardRule {
  /** The least number of situations that the build was asked about. */
  readonly cases: number;
  /** The most of its proposals that were wrong. */
  readonly wrong: number;
}

/** A request as operators write it: strings may contain `${params.x}` and other placeholders. */
export type PlanTemplate =
  | Exclude<Plan, McpPlan | FlagPlan | GithubPlan>
  | FlagTemplate
  | GithubTemplate
  | (Omit<McpPlan, 'arguments'> & {
      /** Absent: the parameters of the action, as they are. */
      readonly arguments?: Json | undefined;
    });

export type FlagTemplate = Omit<FlagPlan, 'change'> & {
  readonly change: FlagSettings & {
    /** In place of `targeting`. */
    readonly share?: FlagShare | undefined;
  };
};

/** The value by which its run is found follows from the action. */
export type GithubTemplate = Omit<GithubPlan, 'change' | 'correlation'> & {
  readonly correlationInput: string;
};

/** Takes back what the same executor did, by the preview that it made of it. */
export interface UndoTemplate {
  readonly executor: 'flag' | 'github';
  readonly undo: true;
  readonly timeoutMs: number;
}

/** What a rollback leaves behind: always, or when a CEL condition over `params`, `target` and `environment` holds. */
export interface LeavesCase {
  readonly when?: string | undefined;
  /** A sentence for people, for example "data stays as 3.0.0 wrote it". */
  readonly what: string;
}

/** A request that takes an action back. */
export type RollbackTemplate = (PlanTemplate | UndoTemplate) & {
  /** Empty: it undoes the action. Absent: nobody stated what it leaves behind. */
  readonly leaves?: readonly LeavesCase[] | undefined;
};

export interface ActionType {
  readonly name: string;
  /** The template of the line that people read first, for example `deploy ${params.version} to ${target}`. */
  readonly title: string;
  /** JSON Schema (draft 2020-12) of the parameters. */
  readonly parameters: { readonly [key: string]: Json };
  readonly tier: Readonly<Record<ServiceTier, Tier>>;
  /** In production, on a service that is not of tier 1 and holds neither confidential nor restricted data. */
  readonly severity: Readonly<Record<Category, Severity>>;
  readonly size?: SizeRule | undefined;
  /** By parameter. A parameter that nobody wrote a rule for is absent. */
  readonly current?: Readonly<Record<string, ParameterRule>> | undefined;
  /** The action changes the form of stored data, so taking it back may lose what was written since. */
  readonly dataMigration?: boolean | undefined;
  readonly execute: PlanTemplate;
  readonly rollback?: RollbackTemplate | undefined;
  /** Its texts may contain placeholders. */
  readonly reconcile?: AskedReconcile | undefined;
  readonly watch?: Watch | undefined;
  /** The kinds of incidents that it is known to cure, as the source of incidents names them. Absent: none. */
  readonly cures?: readonly string[] | undefined;
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
  /** The owners of the databases that it depends on, as `group:name` or `user:name`. None: its own owner. */
  readonly dataOwners?: readonly string[] | undefined;
  /** A name of the IANA database, for example `Europe/Berlin`: its change windows open by this time. Absent: that of the calendar. */
  readonly timeZone?: string | undefined;
  /** The cost of an hour of trouble with it in production, in the installation's currency. Absent: nobody stated it. */
  readonly costPerHour?: number | undefined;
  /** How secret its data is. Absent: nobody stated it, and it counts as restricted. */
  readonly dataClassification?: DataClassification | undefined;
  /** The availability objective in percent, for example 99.9. */
  readonly slo?: number | undefined;
}

export interface Agent {
  readonly id: string;
  /** `user:name` or `group:name`: these people never approve the agent's actions. */
  readonly owner: string;
  /** The level at which its first build starts, before there is a record of it. */
  readonly level: Level;
  /** The Ed25519 public keys (the `x` of an OKP JWK) that it signs proposals with. Absent: it signs none. */
  readonly keys?: readonly string[] | undefined;
}

/** The approval rule as operators write it: a number of people of a group, all of several rules, or any one of them. */
export type ApprovalRule =
  | { readonly atLeast: number; readonly of: readonly Whom[] }
  | { readonly allOf: readonly ApprovalRule[] }
  | { readonly anyOf: readonly ApprovalRule[] };

/** Requires an approval from a severity on, in addition to what the tier requires. */
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
  /** All that apply must be met, together with the rule of tier 3. */
  readonly approvals: readonly SeverityRule[];
  /** How long a permission to run stays valid after people (or the window) gave it, in milliseconds. */
  readonly admitWithinMs: number;
  /** The limits on what may run by itself in a sliding time. */
  readonly limits: readonly Limit[];
  /** How many actions may run at once on a service and those beside it. Absent: one on each. */
  readonly neighbourhoodAtOnce?: number | undefined;
  readonly calendar: Calendar;
  /** The approval rules that a policy may require in addition, with `@requires`. */
  readonly approvalRules: Named<ApprovalRule>;
  /** The routes that a policy may use instead of the usual steps, with `@route`. */
  readonly routes: Named<Omit<RouteTemplate, 'onSilence'>>;
  /** The on-call schedules. */
  readonly schedules?: Named<Schedule> | undefined;
  /** When people are at work, in their time zone. */
  readonly businessHours?: BusinessHours | undefined;
  /** If the risk score rises by more than this number of points, the action must be approved again. */
  readonly drift: { readonly riskRisesBy: number };
  /** From where on doubt about a request leaves it to people. Absent: nothing is doubted. */
  readonly doubt?: DoubtRules | undefined;
  /** Absent: operators named no source for any of it. */
  readonly live?: LiveQueries | undefined;
  /** Who may grant levels and lift holds. Absent: nobody may. */
  readonly standing?:
    | {
        readonly grantedBy: string;
        /** What a score card must say before a higher level is granted. Absent: none is needed. */
        readonly scoreCard?: ScoreCardRule | undefined;
      }
    | undefined;
  /** Who may erase what the ledger says, and who may place and end legal holds, which keep it. An absent one: nobody may. */
  readonly ledger?:
    | { readonly erasedBy?: string | undefined; readonly legalHoldsBy?: string | undefined }
    | undefined;
  /** Absent: people decide only with their own keys. */
  readonly gateway?: Gateway | undefined;
  /** Requests among the real ones that must be denied. Absent: there are none. */
  readonly drills?: DrillSettings | undefined;
}

export interface DrillSettings {
  /** How many of the requests that people get are drills: 0.02 is one of fifty. */
  readonly share: number;
  /** The folder of the cases, seen from the installation's folder. Absent: the cases that ship. */
  readonly cases?: string | undefined;
  /** What the installation calls what the cases name: services, agents, action types, parameters and people. */
  readonly names: Named<string>;
}

type Named<T> = Readonly<Record<string, T>>;

/** Everything that operators wrote, checked: plain data without I/O. Secrets are not in it. */
export interface Installation {
  /** The name that decisions, orders and signed proposals carry. */
  readonly name: string;
  readonly environments: Named<Named<string>>;
  /** The environments that serve no customers. Every other one is production. */
  readonly notProduction: readonly string[];
  readonly actionTypes: Named<ActionType>;
  readonly services: Named<Service>;
  /** The names of the services that need each service directly: `dependsOn` reversed, sorted. */
  readonly dependents: Named<readonly string[]>;
  readonly people: Named<Person>;
  /** The members of each group, by person's name. */
  readonly groups: Named<readonly string[]>;
  /** The groups that each group is inside of, at any depth. */
  readonly groupParents: Named<readonly string[]>;
  readonly agents: Named<Agent>;
  readonly rules: Rules;
  readonly digests: Readonly<Record<'policy' | 'catalog', string>> & { readonly actionTypes: Named<string> };
}

/** Returns the services that actions may target. The others only count in the blast radius. */
export const targetsIn = ({ services }: Pick<Installation, 'services'>): Service[] =>
  Object.values(services).filter(({ notTarget }) => notTarget === undefined);
