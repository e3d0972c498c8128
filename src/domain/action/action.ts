import type { Watch } from '../analysis/metrics.ts';
import type { Json } from '../shared/json.ts';

/**
 * How much of people's attention an action needs. 1: at once, reviewed later; 2: a window, then proceeds and pages;
 * 3: people only; 4: nothing is executed, people act themselves.
 */
export const TIERS = [1, 2, 3, 4] as const;
export type Tier = (typeof TIERS)[number];

/** How critical a service is, from Backstage's catalog: 1 is the most critical. */
export const SERVICE_TIERS = [1, 2, 3, 4] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

export const CATEGORIES = ['performance', 'security', 'dataAccess', 'serviceDisruption'] as const;
export type Category = (typeof CATEGORIES)[number];
/** 0: none, 4: the worst. */
export type Severity = 0 | 1 | 2 | 3 | 4;

export interface Alternative {
  readonly option: string;
  /** 0 to 1: how sure the agent is that this option would have worked. */
  readonly confidence: number;
  readonly whyNot: string;
}

/** An agent as it proposes: another version, model or prompt is another build, which earns its own standing. */
export interface AgentBuild {
  readonly id: string;
  readonly version: string;
  /** The language model behind it, as its provider names it. */
  readonly model?: string | undefined;
  /** Lower-case hex SHA-256 of the prompt that it works with. */
  readonly promptDigest?: string | undefined;
}

/** What an agent asks for. Every text in it is data written by the agent and is never trusted. */
export interface Proposal {
  readonly actionType: string;
  /** Name of a catalog component. */
  readonly target: string;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  readonly agent: AgentBuild;
  readonly rationale: {
    readonly summary: string;
    /** 0 to 1: how sure the agent is of the option it proposes. */
    readonly confidence: number;
    readonly alternatives: readonly Alternative[];
  };
  readonly evidence: readonly { readonly title: string; readonly detail: string }[];
  /** What the agent expects to see when the action worked. */
  readonly successCriteria: readonly string[];
  /** The caller's own name for this action: the same key is the same action. */
  readonly idempotencyKey: string;
  /** The agent may raise the tier that the rules compute; it can never lower it. */
  readonly declaredTier?: Tier | undefined;
  /** The installation that it is for, as its countersign.yaml names it. What is signed names it. */
  readonly installation?: string | undefined;
  /** Milliseconds since the epoch: what is not ruled on by then is refused. What is signed says it. */
  readonly expiresAt?: number | undefined;
  /** Of the agent, over all of the above: a JWS with detached content. See signed-proposal.ts. */
  readonly signature?: string | undefined;
  /** Whoever handed it in does not know that it is from its agent. Only recommended then. */
  readonly authenticated?: false | undefined;
}

/** Which answer says that a request is done. */
export interface Success {
  /** HTTP statuses. Absent: with a condition, those from 200 to 299; without one, 200, 201 and 204. */
  readonly statuses?: readonly number[] | undefined;
  /** CEL over `status` and `answer`, the body as JSON. */
  readonly condition?: string | undefined;
}

/** One request that an executor sends, resolved from the operator's action type: no template is left in it. */
export type Plan =
  | {
      readonly executor: 'http';
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      readonly url: string;
      readonly body: Json;
      readonly success?: Success | undefined;
      readonly timeoutMs: number;
    }
  | {
      readonly executor: 'command';
      /** argv[0] is the program; no shell reads any of it. */
      readonly argv: readonly string[];
      /** What it finds in its environment besides what every command does: a variable of the worker by the name that it has there. */
      readonly environment?: Readonly<Record<string, string>> | undefined;
      /** Exit statuses by which the program says that it changed nothing. Absent: none says so. */
      readonly unchanged?: readonly number[] | undefined;
      /** Started again under the same idempotency key it has no second effect. Absent: it may have one. */
      readonly repeatable?: true | undefined;
      readonly timeoutMs: number;
    };

/** The action as it will run: what approvers see, what the digest covers, what the executor gets. */
export interface Action {
  readonly id: string;
  readonly type: string;
  /** One line written by the machine from the operator's template, such as "deploy 2.5.0 to checkout". */
  readonly title: string;
  readonly target: string;
  readonly serviceTier: ServiceTier;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  readonly agent: AgentBuild & {
    readonly owner: string;
    /** Why it need not be the agent that asked for it. Absent: it is. */
    readonly unsigned?: string | undefined;
  };
  readonly execute: Plan;
  /** The rollback is part of what is approved. Absent: the action cannot be taken back. */
  readonly rollback?: Plan | undefined;
  readonly watch?: Watch | undefined;
}

/** What one action has at a time: a service in an environment. */
export const leaseTarget = ({ environment, target }: Pick<Action, 'environment' | 'target'>) =>
  `${environment}/${target}`;
