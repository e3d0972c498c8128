import {
  Client,
  Connection,
  type ConnectionOptions,
  isGrpcServiceError,
  QueryNotRegisteredError,
  WithStartWorkflowOperation,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowHandle,
  WorkflowNotFoundError,
  type WorkflowStartOptions,
} from '@temporalio/client';
import type { JWK } from 'jose';
import type { DecisionAnswer } from '../contract/decision-answer.ts';
import {
  ActionNotFound,
  DecisionRefused,
  IdempotencyConflict,
  OrderRefused,
  ProposalRefused,
} from '../contract/errors.ts';
import {
  actionIdOf,
  CARRY_OUT_ORDER,
  GOVERN_ACTION,
  orderWorkflowId,
  RECONCILE_LEDGER,
  REVIEW_ACTION,
  reviewWorkflowId,
  TASK_QUEUE,
} from '../contract/ids.ts';
import {
  type CarryOutOrder,
  decideSignal,
  decideUpdate,
  type GovernAction,
  getReviewQuery,
  proposeUpdate,
  type ReconcileLedger,
} from '../contract/messages.ts';
import { readOrder } from '../contract/order.ts';
import { PEOPLE_FIRST } from '../contract/priority.ts';
import { parseProposal } from '../contract/proposal.ts';
import { startOf } from '../contract/start-action.ts';
import type { Proposal } from '../domain/action/action.ts';
import type { Report } from '../domain/action/reported.ts';
import type { Hold } from '../domain/admission/hold.ts';
import type { Advice } from '../domain/advice/advice.ts';
import type { Delegation } from '../domain/approval/delegation.ts';
import type { StandingReport } from '../domain/autonomy/promotion.ts';
import type { Accuracy } from '../domain/learning/accuracy.ts';
import type { CarriedOut } from '../domain/orders/order.ts';
import { ORDER_VALID_MS } from '../domain/orders/order-signature.ts';
import type { AgentContext } from '../domain/proposal/context.ts';
import type { ReviewState } from '../domain/record/action-state.ts';
import type { ReconcileReport, ToReconcile } from '../domain/record/reconciliation.ts';
import type { TakeBackState } from '../domain/record/take-back.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import type { TrialRequest, Tried } from '../domain/ruling/tried.ts';
import { digestOf } from '../domain/shared/digest.ts';
import type { Fault } from '../domain/shared/json.ts';
import { ActionHandle } from './action-handle.ts';
import { checked } from './context.ts';
import { typed, unlessAlreadyRuled, withTypedErrors } from './typed-errors.ts';
import { isFull, isUnanswered } from './unanswered.ts';

export interface ConnectOptions {
  /** `host:port` of the Temporal frontend. Default: 127.0.0.1:7233. */
  readonly address?: string;
  readonly namespace?: string;
  readonly apiKey?: string;
  readonly tls?: ConnectionOptions['tls'];
  readonly taskQueue?: string;
  /** How long to try to connect. Default: 10 seconds. */
  readonly connectTimeout?: ConnectionOptions['connectTimeout'];
}

/** Connects to the Temporal server that Countersign's workers use. */
export async function connect(options: ConnectOptions = {}): Promise<Countersign> {
  const { address, apiKey, tls, connectTimeout, namespace = 'default', taskQueue = TASK_QUEUE } = options;
  const connection = await Connection.connect({
    ...(address === undefined ? {} : { address }),
    ...(apiKey === undefined ? {} : { apiKey }),
    ...(tls === undefined ? {} : { tls }),
    ...(connectTimeout === undefined ? {} : { connectTimeout }),
  });
  return new Countersign(new Client({ connection, namespace }), taskQueue);
}

type Checked = { readonly kind: 'sound' } | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

/** How long to wait for a worker to name the faults of a proposal. */
const CHECK_TIMEOUT = '3s';
/** How long to wait for a worker to rule on a proposal, in milliseconds. After that the proposal is only kept. */
const RULED_WITHIN_MS = 5_000;
/** How long to wait for a worker to count a decision, in milliseconds. After that the decision is only kept. */
const DECIDE_MS = 10_000;
/** How long to wait until a review that has just begun can be read, and how long between two attempts, in milliseconds. */
const OPENED_WITHIN_MS = 10_000;
const ASK_AGAIN_MS = 100;
/** How long a reconciliation may take. */
const RECONCILED_WITHIN = '6h';
/** How long to wait for a worker to answer a question. */
const ASK_TIMEOUT = '30s';

export class Countersign {
  readonly client: Client;
  readonly #taskQueue: string;

  constructor(client: Client, taskQueue: string = TASK_QUEUE) {
    this.client = client;
    this.#taskQueue = taskQueue;
  }

  /**
   * Proposes an action. From then on it is durable and governed, even if this process ends. Returns once the action is ruled on, or after
   * 5 s without a worker. The same proposal again returns the same action.
   *
   * @throws ProposalRefused with every fault at once; nothing is governed, and the idempotency key is still free
   * @throws IdempotencyConflict when the key already names an action with other content
   */
  async propose(proposal: Proposal): Promise<ActionHandle> {
    if (parseProposal(proposal).kind === 'refused') throw new ProposalRefused(await this.faultsOf(proposal));
    const action = this.action(actionIdOf(proposal));
    await this.#startOnce(proposal);
    return action;
  }

  /** Proposes an action and waits for the ruling: what the agent may do. Needs a running worker. */
  async proposeAndRule(proposal: Proposal): Promise<{ action: ActionHandle; ruling: Ruling }> {
    const action = await this.propose(proposal);
    return { action, ruling: await action.ruling() };
  }

  /**
   * Hands in what the agent knew when it proposed, once the action is ruled on. The proposal names it: see `withContext`. It is encrypted before it
   * leaves this process, and only the installation's workers can open it. Nothing of the action depends on it. The same context again is kept once.
   *
   * @throws ContextRefused when it is not what the proposal names, or the action is not ruled on
   */
  async keepContext(actionId: string, context: AgentContext): Promise<void> {
    const checkedContext = checked(context);
    // Few agents hand in a context: the others need not load what encrypts it.
    const { encryptedTo } = await import('./encrypt.ts');
    const jwe = await encryptedTo(await this.#ask<JWK>('contextPublicKey'), checkedContext);
    await withTypedErrors(() => this.#ask('keepContext', { actionId, jwe }));
  }

  /** The action with this id. If there is none, its methods raise `ActionNotFound`. */
  action(actionId: string): ActionHandle {
    return new ActionHandle(this.client, actionId);
  }

  /**
   * Hands in a person's signed decision (a compact JWS) on an action or a review. Without a worker, or when the workflow takes no
   * more updates, the decision is still kept, and counts by the time at which it was signed.
   *
   * @throws DecisionRefused with the reason, when the decision does not count
   */
  decide(workflowId: string, jws: string): Promise<DecisionAnswer> {
    const workflow = this.client.workflow.getHandle(workflowId);
    // The same decision sent again is the same update, so that trying again never counts it twice.
    const updateId = digestOf(jws);
    const send = () => workflow.executeUpdate(decideUpdate, { args: [{ jws }], updateId });
    return withTypedErrors(async () => {
      try {
        return await this.client
          .withDeadline(Date.now() + DECIDE_MS, () => retryDropped(send, 5))
          .catch((error: unknown) => {
            if (isUnanswered(error) || isFull(error)) return this.#keep(workflowId, jws);
            throw error;
          });
      } catch (error) {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
        // The server gives the same error for a closed workflow and for an unknown one. For an unknown one, this call throws it again.
        await workflow.describe();
        throw new DecisionRefused(
          'notOpen',
          `${workflowId} is closed: nothing is waiting for a decision there`,
        );
      }
    });
  }

  /**
   * Keeps a decision. INVARIANT 14: by a signal, which needs no worker; and where the workflow takes no more signals, beside the
   * workflow.
   */
  async #keep(workflowId: string, jws: string): Promise<DecisionAnswer> {
    try {
      await this.client.workflow.getHandle(workflowId).signal(decideSignal, { jws });
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) throw error;
      await this.client.activity.start('handIn', {
        id: `handIn/${digestOf(jws)}`,
        taskQueue: this.#taskQueue,
        args: [{ workflowId, jws }],
        priority: PEOPLE_FIRST,
        scheduleToCloseTimeout: '7d',
      });
    }
    return {};
  }

  /**
   * The review of an action that ran without a person's approval. It is opened when somebody first asks for it. Raises `ActionNotFound`
   * when none is due.
   */
  review(actionId: string): Promise<ReviewState> {
    const workflow = this.client.workflow.getHandle(reviewWorkflowId(actionId));
    return withTypedErrors(async () => {
      const opened = (await this.#isReview(workflow)) || (await this.#ask<boolean>('startReview', actionId));
      if (!opened) throw new ActionNotFound(`no review of ${actionId} is due`);
      return onceAnswering(() => workflow.query(getReviewQuery), Date.now() + OPENED_WITHIN_MS);
    });
  }

  /** Whether a workflow is a review that our workers opened: anybody who reaches the server can start another one with its id. */
  async #isReview(workflow: WorkflowHandle): Promise<boolean> {
    try {
      const { type, taskQueue, status } = await workflow.describe();
      const isOwn = type === REVIEW_ACTION && taskQueue === this.#taskQueue;
      return isOwn && (status.name === 'RUNNING' || status.name === 'COMPLETED');
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  /**
   * Hands in an order that a person signed (a compact JWS): a grant of a level, a hold, a delegation, the end of a hold or a
   * delegation, what becomes of a lost action, a report on one that is over, or the wish to take it back. Waits up to 15 minutes until the order is carried out. The same order twice is
   * carried out once.
   *
   * @throws OrderRefused with everything that speaks against the order; nothing was changed
   */
  async order(jws: string): Promise<CarriedOut> {
    const readResult = readOrder(jws);
    if (readResult.kind === 'refused') throw new OrderRefused(readResult.faults);
    const workflowId = orderWorkflowId(jws);
    return withTypedErrors(async () => {
      try {
        await this.client.workflow.start<CarryOutOrder>(CARRY_OUT_ORDER, {
          taskQueue: this.#taskQueue,
          workflowId,
          args: [jws],
          priority: PEOPLE_FIRST,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
          workflowExecutionTimeout: ORDER_VALID_MS,
          staticSummary: `${readResult.order.kind} by ${readResult.order.person}`,
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
      return this.client.workflow.getHandle<CarryOutOrder>(workflowId).result();
    });
  }

  /** What agents may do by themselves, with the record behind it; for every agent where none is named. */
  standing(agent?: string): Promise<StandingReport[]> {
    return this.#ask('standing', { agent });
  }

  /**
   * Which questions people could be spared, and which are missing, by the actions that ended lately. Changes nothing.
   *
   * @param withinMs how far back to look, in milliseconds
   */
  advice(withinMs: number): Promise<Advice[]> {
    return this.#ask('advise', { withinMs });
  }

  /**
   * How right watches and risk scores were, by action type and target: what ended lately, and what people reported about it. Changes
   * nothing.
   *
   * @param withinMs how far back to look, in milliseconds
   */
  accuracy(withinMs: number): Promise<Accuracy[]> {
    return this.#ask('accuracy', { withinMs });
  }

  /** What people reported about an action after it was over, the oldest first. */
  reports(actionId: string): Promise<Report[]> {
    return this.#ask('reports', actionId);
  }

  /** What was erased of what the ledger said about an action, and who had that done; null where nothing was. */
  erased(actionId: string): Promise<string | null> {
    return this.#ask('erased', actionId);
  }

  /** What taking an action back afterwards rests on: what ran, and who asked for it already. */
  takeBacks(actionId: string): Promise<TakeBackState> {
    return this.#ask('takeBacks', actionId);
  }

  /**
   * Holds ledger, Temporal and the governed system against each other, completes the ledger with what workers could not record, and pages on-call
   * about what differs. It takes a moment for each action.
   */
  reconcile(asked: ToReconcile): Promise<ReconcileReport> {
    return this.client.workflow.execute<ReconcileLedger>(RECONCILE_LEDGER, {
      taskQueue: this.#taskQueue,
      workflowId: `reconcile/${crypto.randomUUID()}`,
      args: [asked],
      workflowExecutionTimeout: RECONCILED_WITHIN,
    });
  }

  /** How actions would be ruled if an agent proposed and signed them now. Nothing is proposed by it, and nothing is recorded. */
  tryRulings(asked: TrialRequest): Promise<Tried[]> {
    return this.#ask('tryRulings', asked);
  }

  /** The holds that stand, oldest first. */
  holds(): Promise<Hold[]> {
    return this.#ask('holds');
  }

  /** The delegations that hold now or later, the earliest first. */
  delegations(): Promise<Delegation[]> {
    return this.#ask('delegations');
  }

  async close(): Promise<void> {
    await this.client.connection.close();
  }

  /** Asks a worker for something that only a worker can do, by a stand-alone activity. */
  #ask<T>(
    activity:
      | 'standing'
      | 'advise'
      | 'accuracy'
      | 'holds'
      | 'delegations'
      | 'reports'
      | 'takeBacks'
      | 'erased'
      | 'tryRulings'
      | 'startReview'
      | 'contextPublicKey'
      | 'keepContext',
    ...args: unknown[]
  ): Promise<T> {
    return this.client.activity.execute<T>(activity, {
      id: `${activity}/${crypto.randomUUID()}`,
      taskQueue: this.#taskQueue,
      args,
      priority: PEOPLE_FIRST,
      scheduleToCloseTimeout: ASK_TIMEOUT,
    });
  }

  /**
   * Every fault of a proposal, without proposing it: faults of its shape and, where a worker answers within 3 s, names that its
   * installation does not know. When no worker answers, only the faults of its shape.
   */
  async faultsOf(proposal: unknown): Promise<readonly Fault[]> {
    const parsed = parseProposal(proposal);
    if (parsed.kind === 'refused' && Object.keys(parsed.readable).length === 0) return parsed.faults;
    const answer = this.client.activity.execute<Checked>('check', {
      id: `check/${parsed.kind === 'proposal' ? `${actionIdOf(parsed.proposal)}/` : ''}${crypto.randomUUID()}`,
      taskQueue: this.#taskQueue,
      args: [proposal],
      scheduleToCloseTimeout: CHECK_TIMEOUT,
      summary: 'check of a proposal',
    });
    if (parsed.kind === 'proposal') return faultsIn(await answer.catch(unanswered)) ?? [];
    // The proposal is refused in any case, so an error of the worker is ignored.
    return faultsIn(await answer.catch(() => undefined)) ?? parsed.faults;
  }

  /** Starts the workflow of a proposal, unless it is known already. */
  async #startOnce(proposal: Proposal): Promise<void> {
    try {
      // A used id is never used again, however its action ended: the effect may stand.
      await this.#startAndRule(proposal, 'REJECT_DUPLICATE');
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw typed(error);
      const { memo, status } = await this.client.workflow.getHandle(error.workflowId).describe();
      if (status.name !== 'FAILED') return sameContent(memo, proposal);
      // Only a refusal makes a workflow fail. Nothing was governed under this id, so it is free.
      await this.#startAndRule(proposal, 'ALLOW_DUPLICATE_FAILED_ONLY').catch((again) => {
        throw typed(again);
      });
    }
  }

  /** Starts a workflow and waits for its ruling in one round trip. Without a worker, the start alone counts. */
  async #startAndRule(
    proposal: Proposal,
    workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE_FAILED_ONLY',
  ): Promise<void> {
    const options = { ...this.#startOptions(proposal), workflowIdReusePolicy };
    const { workflow } = this.client;
    const ruled = () =>
      workflow.executeUpdateWithStart(proposeUpdate, {
        args: [digestOf(proposal)],
        startWorkflowOperation: new WithStartWorkflowOperation<GovernAction>(GOVERN_ACTION, {
          ...options,
          workflowIdConflictPolicy: 'USE_EXISTING',
        }),
      });
    try {
      await this.client.withDeadline(Date.now() + RULED_WITHIN_MS, ruled).catch(unlessAlreadyRuled);
    } catch (error) {
      if (!isUnanswered(error) && !isFull(error)) throw error;
      await workflow.start<GovernAction>(GOVERN_ACTION, { ...options, workflowIdConflictPolicy: 'FAIL' });
    }
  }

  #startOptions(
    proposal: Proposal,
  ): WorkflowStartOptions<GovernAction> & { workflowId: string; taskQueue: string } {
    return { ...startOf(proposal), taskQueue: this.#taskQueue, args: [proposal] };
  }
}

/** Throws `IdempotencyConflict` where the workflow of this id was started for another proposal. */
function sameContent(memo: Record<string, unknown> | undefined, proposal: Proposal): void {
  if (memo?.proposalDigest === digestOf(proposal)) return;
  throw new IdempotencyConflict(
    `The idempotency key ${proposal.idempotencyKey} of ${proposal.agent.id} already names an action with other ` +
      'content. Send the same content to get that action, or choose a new key.',
  );
}

/**
 * Sends an update again that the server dropped. When something else reaches a workflow while it closes on that very update, the
 * server drops the update with nothing recorded and says FAILED_PRECONDITION. The same update can be sent again at once.
 */
async function retryDropped<T>(send: () => Promise<T>, attempts: number): Promise<T> {
  try {
    return await send();
  } catch (error) {
    const isDropped = error instanceof Error && isGrpcServiceError(error.cause) && error.cause.code === 9;
    if (!isDropped || attempts <= 1) throw error;
    return retryDropped(send, attempts - 1);
  }
}

/** Asks a workflow that has just begun. Until its first step is done, it answers no query of its own. */
async function onceAnswering<T>(query: () => Promise<T>, until: number): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (!(error instanceof QueryNotRegisteredError) || Date.now() > until) throw error;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    return onceAnswering(query, until);
  }
}

const faultsIn = (answer: Checked | undefined) => (answer?.kind === 'refused' ? answer.faults : undefined);

/**
 * The answer when no worker gives one: no worker, an older server without stand-alone activities, or a time-out. The workflow then
 * decides. Throws when Temporal itself is unavailable.
 */
function unanswered(error: unknown): undefined {
  if (error instanceof Error && isGrpcServiceError(error.cause) && error.cause.code === 14) throw error;
  return undefined;
}
