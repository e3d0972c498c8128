/** What policies are asked and what they answer, in Cedar's words. Cedar itself stands behind `Authorize`. */

/** What an agent may be permitted, from the least friction to the most: the mode of tier 1, 2, 3 and 4. */
export const MODES = ['execute', 'executeAfterWindow', 'executeWithApproval', 'recommend'] as const;
export type ModeName = (typeof MODES)[number];

/** Cedar's actions: the modes, asked of an agent about a service, and what people may do. */
export const POLICY_ACTIONS = [...MODES, 'approve', 'breakGlass', 'grant'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

interface Attribute {
  /** A type of Cedar's: a primitive one, the extension `datetime`, or an entity. */
  readonly type: 'Long' | 'Boolean' | 'String' | 'datetime' | 'ActionType' | 'Environment';
  /** Policies must test for it with `context has ...`. */
  readonly optional?: true;
}

/**
 * What every policy may read about one action, as attributes of Cedar's `context`. Nothing in it was written by an agent
 * but `declaredTier`, which can only raise.
 */
export const CONTEXT = {
  actionType: { type: 'ActionType' },
  environment: { type: 'Environment' },
  /** Whether production is at stake: every environment is, but those with `production: false` in countersign.yaml. */
  production: { type: 'Boolean' },
  /** 1 to 4, of the target; 1 is the most critical. */
  serviceTier: { type: 'Long' },
  /** The severity of each category: 0 (none) to 4 (the worst). */
  performance: { type: 'Long' },
  security: { type: 'Long' },
  dataAccess: { type: 'Long' },
  serviceDisruption: { type: 'Long' },
  /** 0 to 100. */
  riskScore: { type: 'Long' },
  /** 0 to 4: how hard it is to take back. */
  rollbackDifficulty: { type: 'Long' },
  /** Whether it has a rollback. */
  reversible: { type: 'Boolean' },
  /** How many services need the target themselves, and how many through others. */
  directDependents: { type: 'Long' },
  transitiveDependents: { type: 'Long' },
  /** 1 to 4: the tier of the most critical of them. Absent when there is none. */
  mostCriticalDependent: { type: 'Long', optional: true },
  /** 0 to 3: how much the agent may do by itself. */
  level: { type: 'Long' },
  /** 1 to 4, where the agent declared one. */
  declaredTier: { type: 'Long', optional: true },
  /** The pre-approved runbook that the operator's action type follows. */
  runbook: { type: 'String', optional: true },
  /** Whether a change freeze holds now, and whether its change windows are closed. */
  frozen: { type: 'Boolean' },
  outsideWindow: { type: 'Boolean' },
  /** In the installation's currency: an hour of waiting (rounded down), and being wrong (rounded up). Absent: not stated. */
  costOfWaiting: { type: 'Long', optional: true },
  costOfBeingWrong: { type: 'Long', optional: true },
  /** In percent of 30 days' error budget, rounded up: what being wrong would use. Absent: no objective is stated. */
  errorBudgetAtRisk: { type: 'Long', optional: true },
  /** The time in the service's time zone: 0 to 23, 0 to 59, 1 (Monday) to 7 (ISO 8601), and the day at midnight. */
  hour: { type: 'Long' },
  minute: { type: 'Long' },
  weekday: { type: 'Long' },
  date: { type: 'datetime' },
  /** Whether the person is on call: for `breakGlass` alone, which always has it. */
  onCall: { type: 'Boolean', optional: true },
} as const satisfies Readonly<Record<string, Attribute>>;

/** What only `breakGlass` is asked with. */
export const GLASS_CONTEXT = ['onCall'] as const;

/** The part of the context that is known when a person grants an agent a level: which level, for what. */
export const GRANT_CONTEXT = ['actionType', 'serviceTier', 'level'] as const;

type Name = keyof typeof CONTEXT;
type Optional = { [K in Name]: (typeof CONTEXT)[K] extends { optional: true } ? K : never }[Name];
type ValueOf<K extends Name> = (typeof CONTEXT)[K]['type'] extends 'Long'
  ? number
  : (typeof CONTEXT)[K]['type'] extends 'Boolean'
    ? boolean
    : string;

/** Entities by name, dates as `2026-12-24`. */
export type PolicyContext = { readonly [K in Exclude<Name, Optional>]: ValueOf<K> } & {
  readonly [K in Optional]?: ValueOf<K>;
};

export interface PolicyEntity {
  readonly type: 'Agent' | 'User' | 'Service';
  readonly id: string;
  /** What it is in, as `group:name` or `user:name`: a person's groups, the owner of an agent or a service. */
  readonly within: readonly string[];
}

export interface PolicyQuestion {
  readonly action: PolicyAction;
  readonly principal: PolicyEntity;
  readonly resource: PolicyEntity;
  readonly context: Partial<PolicyContext>;
}

/** A policy that counted. */
export interface PolicyMention {
  readonly id: string;
  readonly effect: 'permit' | 'forbid';
  /** `group:name`, `user:name` or `on-call`. */
  readonly owner: string;
  /** Why it is there, in the operator's words. */
  readonly reason: string;
  /** The approval rule that must be met besides the usual one. */
  readonly requires?: string | undefined;
  /** The route along which people are asked, in place of the usual one. */
  readonly route?: string | undefined;
  /** How long the effect is watched at least. */
  readonly watchForMs?: number | undefined;
}

export interface Authorization {
  readonly decision: 'allow' | 'deny';
  /** The policies that it rests on: those that forbid, or, when none does, those that permit. */
  readonly determining: readonly PolicyMention[];
  /** What could not be evaluated. Any of it denies, whatever other policies say. */
  readonly errors: readonly string[];
}

/** Answers from the installation's policies. Never throws: what cannot be answered is denied. */
export type Authorize = (question: PolicyQuestion) => Authorization;
