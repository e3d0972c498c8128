/** The questions to policies and their answers, in Cedar's terms. Cedar itself is behind `Authorize`. */

/** The modes that an agent may be permitted, from the least friction to the most: the mode of tier 1, 2, 3 and 4. */
export const MODES = ['execute', 'executeAfterWindow', 'executeWithApproval', 'recommend'] as const;
export type ModeName = (typeof MODES)[number];

/** Cedar's actions: the modes, asked about an agent and a service, and the actions of people. */
export const POLICY_ACTIONS = [...MODES, 'approve', 'breakGlass', 'grant'] as const;
export type PolicyAction = (typeof POLICY_ACTIONS)[number];

interface Attribute {
  /** A type of Cedar's: a primitive one, the extension `datetime`, or an entity. */
  readonly type: 'Long' | 'Boolean' | 'String' | 'datetime' | 'ActionType' | 'Environment';
  /** Policies must test for it with `context has ...`. */
  readonly optional?: true;
}

/**
 * The attributes of Cedar's `context`: what every policy may read about one action. An agent writes `declaredTier`, `confidence` and `margin`
 * alone, which can only raise the tier.
 */
export const CONTEXT = {
  actionType: { type: 'ActionType' },
  environment: { type: 'Environment' },
  /** Whether production is at stake: true in every environment except those with `production: false` in countersign.yaml. */
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
  /** Whether it has a rollback, and that leads to no value that is not known to be good. */
  reversible: { type: 'Boolean' },
  /** How many services need the target directly, and how many through others. */
  directDependents: { type: 'Long' },
  transitiveDependents: { type: 'Long' },
  /** 1 to 4: the tier of the most critical dependent. Absent when there is none. */
  mostCriticalDependent: { type: 'Long', optional: true },
  /** 0 to 3: how much the agent may do by itself. */
  level: { type: 'Long' },
  /** 1 to 4, if the agent declared one. */
  declaredTier: { type: 'Long', optional: true },
  /**
   * What speaks for doubt, in percent: how sure the agent says that it is, by how much surer than of the best alternative, and the detector's
   * score. Only a `forbid` may read them: what an agent says of itself permits nothing. Absent: nobody proposed it.
   */
  confidence: { type: 'Long', optional: true },
  margin: { type: 'Long', optional: true },
  anomalyScore: { type: 'Long', optional: true },
  /** The pre-approved runbook that the operator's action type follows. */
  runbook: { type: 'String', optional: true },
  /** Whether a change freeze holds now, and whether its change windows are closed. */
  frozen: { type: 'Boolean' },
  outsideWindow: { type: 'Boolean' },
  /**
   * In the installation's currency: the cost of an hour of waiting (rounded down; 0: the target is not in trouble), and of being wrong
   * (rounded up). Absent: nobody stated it, or for waiting, nobody knows whether the target is in trouble.
   */
  costOfWaiting: { type: 'Long', optional: true },
  costOfBeingWrong: { type: 'Long', optional: true },
  /** The share of 30 days' error budget that being wrong would use, in percent, rounded up. Absent: no objective is stated. */
  errorBudgetAtRisk: { type: 'Long', optional: true },
  /** The time in the service's time zone: hour 0 to 23, minute 0 to 59, weekday 1 (Monday) to 7 (ISO 8601), and the day at midnight. */
  hour: { type: 'Long' },
  minute: { type: 'Long' },
  weekday: { type: 'Long' },
  date: { type: 'datetime' },
  /** Whether the person is on call: only for `breakGlass`, which always has it. */
  onCall: { type: 'Boolean', optional: true },
} as const satisfies Readonly<Record<string, Attribute>>;

/** The attributes that only a `forbid` may read. */
export const DOUBTS = ['confidence', 'margin', 'anomalyScore'] as const;

/** The attributes that only `breakGlass` has. */
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

/** The values of the context. Entities are given by name, dates as `2026-12-24`. */
export type PolicyContext = { readonly [K in Exclude<Name, Optional>]: ValueOf<K> } & {
  readonly [K in Optional]?: ValueOf<K>;
};

export interface PolicyEntity {
  readonly type: 'Agent' | 'User' | 'Service';
  readonly id: string;
  /**
   * The groups or the person that it is inside of, as `group:name` or `user:name`: a person's groups, the owner of an agent or a service.
   */
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
  /** Why the policy exists, in the operators' words. */
  readonly reason: string;
  /** The approval rule that must be met in addition to the usual one. */
  readonly requires?: string | undefined;
  /** The route along which people are asked, instead of the usual one. */
  readonly route?: string | undefined;
  /** The least time that the effect is watched, in milliseconds. */
  readonly watchForMs?: number | undefined;
}

export interface Authorization {
  readonly decision: 'allow' | 'deny';
  /** The policies that decided: those that forbid, or, if none forbids, those that permit. */
  readonly determining: readonly PolicyMention[];
  /** The policies that could not be evaluated. One error denies, even if other policies permit. */
  readonly errors: readonly string[];
}

/** Answers a question from the installation's policies. Never throws: a question that cannot be answered is denied. */
export type Authorize = (question: PolicyQuestion) => Authorization;
