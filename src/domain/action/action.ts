import type { Watch } from '../analysis/metrics.ts';
import type { Json } from '../shared/json.ts';

/**
 * The tier of an action: how much of people's attention it needs. 1: runs at once, is reviewed later; 2: waits for a window, then pages and
 * proceeds; 3: people must approve; 4: nothing is executed, people act themselves.
 */
export const TIERS = [1, 2, 3, 4] as const;
export type Tier = (typeof TIERS)[number];

/** How critical a service is, from Backstage's catalog: 1 is the most critical. */
export const SERVICE_TIERS = [1, 2, 3, 4] as const;
export type ServiceTier = (typeof SERVICE_TIERS)[number];

export const CATEGORIES = ['performance', 'security', 'dataAccess', 'serviceDisruption'] as const;
export type Category = (typeof CATEGORIES)[number];
/** How bad an action can be in one category, from 0 (none) to 4 (the worst). */
export type Severity = 0 | 1 | 2 | 3 | 4;

export interface Alternative {
  readonly option: string;
  /** 0 to 1: the agent's confidence that this option would have worked. */
  readonly confidence: number;
  readonly whyNot: string;
  /** The action that this option is. People are told what it would be ruled. Absent: the agent does not say, and nothing is guessed. */
  readonly action?: AlternativeAction | undefined;
}

/** An action that an agent considered instead, always in the environment of the proposal. It is looked into, and never run. */
export interface AlternativeAction {
  readonly type: string;
  /** Absent: none. */
  readonly params?: { readonly [name: string]: Json } | undefined;
  /** Name of a catalog component. Absent: the target of the proposal. */
  readonly target?: string | undefined;
}

/** A build of an agent. Another version, model or prompt is another build, and earns its own level. */
export interface AgentBuild {
  readonly id: string;
  readonly version: string;
  /** The language model that it uses, as the model's provider names it. */
  readonly model?: string | undefined;
  /** Lower-case hex SHA-256 of its prompt. */
  readonly promptDigest?: string | undefined;
}

/** What an agent asks for. Every text in it is written by the agent: it is data, and is never trusted. */
export interface Proposal {
  readonly actionType: string;
  /** Name of a catalog component. */
  readonly target: string;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  readonly agent: AgentBuild;
  readonly rationale: {
    readonly summary: string;
    /** 0 to 1: the agent's confidence in the option that it proposes. */
    readonly confidence: number;
    readonly alternatives: readonly Alternative[];
  };
  readonly evidence: readonly { readonly title: string; readonly detail: string }[];
  /** What the agent expects to see if the action works. */
  readonly successCriteria: readonly string[];
  /** The agent's own name for this action: the same key is the same action. */
  readonly idempotencyKey: string;
  /** The tier that the agent asks for. It can raise the tier that the rules compute, and never lower it. */
  readonly declaredTier?: Tier | undefined;
  /** The installation that it is for, as its countersign.yaml names it. A signed proposal must contain it. */
  readonly installation?: string | undefined;
  /** Milliseconds since the epoch: a proposal that is not ruled on by then is refused. A signed proposal must contain it. */
  readonly expiresAt?: number | undefined;
  /**
   * Lower-case hex SHA-256 of the canonical JSON of what the agent knew (see context.ts). Nobody trusts that there is such a context: the agent
   * hands it in once the action is ruled on.
   */
  readonly contextDigest?: string | undefined;
  /** The agent's signature over all members above: a JWS with detached content. See signed-proposal.ts. */
  readonly signature?: string | undefined;
  /** Set when the sender could not be identified as the agent. The action is then only recommended. */
  readonly authenticated?: false | undefined;
  /** A person's wish to take an action back. All other members then follow from it, and are worked out again from the ledger. */
  readonly takesBack?: Wish | undefined;
}

/** A person's wish to take an action back that succeeded. */
export interface Wish {
  readonly actionId: string;
  /** How often it was asked for this action, counted from 1. */
  readonly attempt: number;
  /** What the person signed (compact JWS). */
  readonly jws: string;
}

/** The answer that means that a request is done. */
export interface Success {
  /** The HTTP statuses. Absent: with a condition, 200 to 299; without one, 200, 201 and 204. */
  readonly statuses?: readonly number[] | undefined;
  /** A CEL condition over `status` and `answer`, the body as JSON. */
  readonly condition?: string | undefined;
}

/** One request that an executor sends, resolved from the operator's action type. It contains no placeholders any more. */
export type Plan =
  | {
      readonly executor: 'http';
      readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
      readonly url: string;
      readonly body: Json;
      readonly success?: Success | undefined;
      readonly timeoutMs: number;
    }
  | CommandPlan
  | McpPlan
  | JobPlan
  | SqlPlan
  | TerraformPlan
  | FlagPlan
  | GithubPlan;

/** What OpenTofu or Terraform does in one folder of configuration. It is applied once. */
export interface TerraformPlan {
  readonly executor: 'terraform';
  /** `tofu`, `terraform`, or the absolute path of either. */
  readonly program: string;
  /** The absolute path of the folder of the root module, where the worker runs. */
  readonly folder: string;
  /** Absent: the workspace `default`. */
  readonly workspace?: string | undefined;
  /** The values of the input variables. What is not here has the value that the folder gives it. */
  readonly variables: { readonly [name: string]: Json };
  /** By the name in the program, the name of the worker's variable. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Everything that the folder manages is destroyed. Absent: it becomes as the configuration says. */
  readonly destroy?: true | undefined;
  /** The addresses of what is destroyed and created anew although nothing else asks for it. */
  readonly replace?: readonly string[] | undefined;
  /** Whether anything else may be destroyed or replaced. Absent: a plan that would do so is refused. */
  readonly mayDestroy?: true | undefined;
  readonly timeoutMs: number;
}

/** A request that begins a job, and how the job is followed to its end. */
export interface JobPlan {
  readonly executor: 'job';
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly body: Json;
  readonly status: JobStatus;
  /** The request that ends the job where it is not wanted any more. Absent: nothing ends it. */
  readonly cancel?: JobCancel | undefined;
  /** Whether the system answers the same idempotency key with the same job. Absent: it may begin another one. */
  readonly repeatable?: true | undefined;
  /** From the request to the end of the job. */
  readonly timeoutMs: number;
}

/** How a job stands. All conditions and expressions are CEL over `status` and `answer`. */
export interface JobStatus {
  /** An expression for the address in the answer to the request. Absent: the header Operation-Location, or Location. */
  readonly url?: string | undefined;
  /** How long from one look to the next at least, in milliseconds. */
  readonly intervalMs: number;
  readonly succeeded: string;
  /** The job ended, and may have changed something. */
  readonly failed: string;
  /** The job ended and changed nothing. Absent: no job says so. */
  readonly unchanged?: string | undefined;
  /** An expression for the result in one line. Absent: the answer itself. */
  readonly summary?: string | undefined;
}

/** How long a job that is given up may take to be cancelled and to say how it ended, in milliseconds: after its time is over. */
export const JOB_CANCEL_MS = 10_000;

export interface JobCancel {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** What follows the path of the status address. Absent: nothing. */
  readonly append?: string | undefined;
  /** Absent: none. */
  readonly body?: Json | undefined;
}

/** One run of a program on the machine of the worker. */
export interface CommandPlan {
  readonly executor: 'command';
  /** argv[0] is the program. No shell is involved. */
  readonly argv: readonly string[];
  /** The folder that the program begins in, seen from the installation's folder. Absent: that of the worker. */
  readonly directory?: string | undefined;
  /**
   * The variables that the program gets besides those that every command gets: by its name in the program, the name of the worker's
   * variable.
   */
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** The name of the source whose credential the program finds, minted for the attempt. Absent: none. */
  readonly credentials?: string | undefined;
  /** Exit statuses besides 0 by which the program says that it is done. Absent: it has none. */
  readonly done?: readonly number[] | undefined;
  /** Exit statuses by which the program says that it changed nothing. Absent: it has none. */
  readonly unchanged?: readonly number[] | undefined;
  /** How many bytes of the end of each output are kept. The rest is read, and thrown away. Absent: 16384. */
  readonly outputBytes?: number | undefined;
  /** Whether a second start with the same idempotency key has no second effect. Absent: it may have one. */
  readonly repeatable?: true | undefined;
  /** The program that prints what would change, and changes nothing. Absent: there is none. */
  readonly preview?: CommandPreview | undefined;
  /** For all of it: a preview that is made again, and the program. */
  readonly timeoutMs: number;
}

/** A program that says what a command would change. It begins in the same folder, with the same variables. */
export interface CommandPreview {
  readonly argv: readonly string[];
  /** Exit statuses by which it says that the command would be refused. Absent: it has none. */
  readonly refused?: readonly number[] | undefined;
  readonly timeoutMs: number;
}

/** A call of one tool of an MCP server. It is sent once: a tool need not recognise a key that it was given before. */
export interface McpPlan {
  readonly executor: 'mcp';
  readonly server: McpServer;
  readonly tool: string;
  /** Lower-case hex SHA-256 of what the server says of the tool. A server that says something else is not called. */
  readonly toolDigest: string;
  readonly arguments: { readonly [name: string]: Json };
  readonly timeoutMs: number;
}

/** Statements in one transaction of a PostgreSQL database. */
export interface SqlPlan {
  readonly executor: 'sql';
  /** The name of a database in countersign.yaml. */
  readonly database: string;
  /** The values stand as `$1`, `$2` and so on in the text, and never become part of it. */
  readonly statements: readonly { readonly text: string; readonly values: readonly Json[] }[];
  /** How many rows all statements together may touch. */
  readonly mostRows: number;
  readonly timeoutMs: number;
}

/** One change of a feature flag. */
export interface FlagPlan {
  readonly executor: 'flag';
  readonly store: FlagStore;
  readonly flag: string;
  /** `undo`: what was there before the action is put back. */
  readonly change: FlagSettings | 'undo';
  /** Who is asked afterwards how the flag is evaluated (OFREP). Absent: only its definition is read again. */
  readonly ofrep?: { readonly url: string; readonly context: { readonly [name: string]: Json } } | undefined;
  readonly timeoutMs: number;
}

/** A run of a workflow of GitHub Actions. */
export interface GithubPlan {
  readonly executor: 'github';
  /** Where the API is, for example `https://api.github.com`. */
  readonly api: string;
  /** `owner/name`. */
  readonly repository: string;
  /** The name of the workflow's file. */
  readonly workflow: string;
  readonly branch: string;
  /** `dispatch`: a run is started. `undo`: the run that the action started is cancelled. */
  readonly change: 'dispatch' | 'undo';
  readonly inputs: Readonly<Record<string, string>>;
  /** The input by which the run is found again: its value stands in the name of the run. */
  readonly correlation: { readonly input: string; readonly value: string };
  readonly timeoutMs: number;
}

/** Where the definition of a flag is: a file with flag definitions of flagd on the worker's machine, or an address that has this one flag. */
export type FlagStore =
  | { readonly file: string }
  | {
      readonly url: string;
      /** PUT sends the whole definition, PATCH what changes (RFC 7396). */
      readonly method: 'PUT' | 'PATCH';
    };

/** What a plan sets of a flag. What is absent stays as it is. */
export interface FlagSettings {
  readonly state?: string | undefined;
  readonly defaultVariant?: string | undefined;
  /** Rules of flagd (JsonLogic). */
  readonly targeting?: Json | undefined;
}

/** Where an MCP server is: at an address, or a program that speaks on its standard input and output. */
export type McpServer =
  | { readonly url: string }
  | {
      /** argv[0] is the program. No shell is involved. */
      readonly argv: readonly string[];
      /** By the name in the program, the name of the worker's variable. */
      readonly environment?: Readonly<Record<string, string>> | undefined;
      /** The name of the source whose credential the program finds, minted for the attempt. Absent: none. */
      readonly credentials?: string | undefined;
    };

/** What is asked of a governed system or of a program. It changes nothing, and contains no placeholders any more. */
export type Inquiry =
  | {
      readonly by: 'http';
      /** The address of a GET request. */
      readonly url: string;
      readonly timeoutMs: number;
    }
  | {
      readonly by: 'command';
      /** argv[0] is the program. No shell is involved. */
      readonly argv: readonly string[];
      /** By the name in the program, the name of the worker's variable. */
      readonly environment?: Readonly<Record<string, string>> | undefined;
      readonly timeoutMs: number;
    };

/** How to find out whether an effect is there, where nobody knows whether it ran: operators say how, or its executor knows. */
export type Reconcile = AskedReconcile | { readonly by: 'executor'; readonly settleMs: number };

/** What operators have asked, and what the answers mean. */
export interface AskedReconcile {
  readonly ask: Inquiry;
  /** A CEL condition over the answer: the effect is there. */
  readonly present: string;
  /** A CEL condition over the answer: the effect is not there. */
  readonly absent: string;
  /** How long a request that was sent may still have its effect after its own time-out, in milliseconds. */
  readonly settleMs: number;
}

/** The action as it will run: approvers see it, the digest covers it, and the executor gets it. */
export interface Action {
  readonly id: string;
  readonly type: string;
  /** One line that code writes from the operator's template, for example "deploy 2.5.0 to checkout". */
  readonly title: string;
  readonly target: string;
  readonly serviceTier: ServiceTier;
  readonly environment: string;
  readonly params: { readonly [name: string]: Json };
  readonly agent: AgentBuild & {
    readonly owner: string;
    /** Why the proposal may not come from its agent. Absent: it comes from the agent. */
    readonly unsigned?: string | undefined;
  };
  readonly execute: Plan;
  /** The rollback, which is approved together with the action. Absent: the action cannot be taken back. */
  readonly rollback?: Plan | undefined;
  /** Absent: an effect of which nobody knows whether it is there is taken back without a look. */
  readonly reconcile?: Reconcile | undefined;
  readonly watch?: Watch | undefined;
  /** The action that this one takes back. Absent: it is what an agent asks for. */
  readonly takesBack?:
    | {
        readonly actionId: string;
        /** The digest with which it was admitted. */
        readonly digest: string;
        /** Milliseconds since the epoch. What ran on the target since then may have changed it. */
        readonly admittedAt: number;
      }
    | undefined;
}

/** Returns the name of what one action at a time can lease: a service in an environment. */
export const leaseTarget = ({ environment, target }: Pick<Action, 'environment' | 'target'>) =>
  `${environment}/${target}`;
