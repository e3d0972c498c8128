import type { Client, WorkflowHandle } from '@temporalio/client';
import { actionWorkflowId } from '../contract/ids.ts';
import {
  answerUpdate,
  type GovernAction,
  getActionQuery,
  getExplanationQuery,
  proposeUpdate,
} from '../contract/messages.ts';
import type { Proposal } from '../domain/action/action.ts';
import type { AskedQuestion } from '../domain/approval/interventions.ts';
import type { Explanation } from '../domain/explanation/explanation.ts';
import type { ActionState, Closed } from '../domain/record/action-state.ts';
import type { Ruling } from '../domain/ruling/ruling.ts';
import { digestOf } from '../domain/shared/digest.ts';
import { whenThereIsRoom } from './room.ts';
import { unlessAlreadyRuled, withTypedErrors } from './typed-errors.ts';
import { isUnanswered } from './unanswered.ts';

/** One proposed action. Every method raises `ActionNotFound` when there is no such action. */
export class ActionHandle {
  readonly actionId: string;
  readonly workflowId: string;
  readonly #client: Client;
  readonly #workflow: WorkflowHandle<GovernAction>;

  constructor(client: Client, actionId: string) {
    this.actionId = actionId;
    this.workflowId = actionWorkflowId(actionId);
    this.#client = client;
    this.#workflow = client.workflow.getHandle<GovernAction>(this.workflowId);
  }

  /** What the agent may do, and who must approve. Waits until the action is ruled on. */
  ruling(): Promise<Ruling> {
    return withTypedErrors(async () => {
      const { ruling, proposal } = await this.#workflow.query(getActionQuery);
      return ruling ?? this.#onceRuled(proposal);
    });
  }

  async #onceRuled(proposal: Proposal): Promise<Ruling> {
    await this.#workflow
      .executeUpdate(proposeUpdate, { args: [digestOf(proposal)] })
      .catch(unlessAlreadyRuled);
    const { ruling } = await this.#workflow.query(getActionQuery);
    if (!ruling) throw new Error(`${this.actionId} is being ruled on again`);
    return ruling;
  }

  /** How the action ended. Waits for the end, which may take days when people are asked. */
  result(): Promise<Closed> {
    return withTypedErrors(() => whenThereIsRoom(() => this.#workflow.result()));
  }

  /**
   * How the action ended. Undefined where it did not end in time: it goes on, and can be asked for again.
   *
   * @param ms how long to wait, in milliseconds
   */
  resultWithin(ms: number): Promise<Closed | undefined> {
    return withTypedErrors(async () => {
      try {
        return await this.#client.withDeadline(Date.now() + ms, () => this.#workflow.result());
      } catch (error) {
        if (isUnanswered(error)) return undefined;
        throw error;
      }
    });
  }

  /** Everything that is known of the action now. */
  state(): Promise<ActionState> {
    return withTypedErrors(() => this.#workflow.query(getActionQuery));
  }

  /** Who approved the authority, what limited it, and how the decision was reached. */
  explanation(): Promise<Explanation> {
    return withTypedErrors(() => this.#workflow.query(getExplanationQuery));
  }

  /** The unanswered questions of approvers: what they want to know of the agent before they decide. */
  async openQuestions(): Promise<readonly AskedQuestion[]> {
    const { questions } = await this.state();
    return questions.filter(({ answer }) => answer === undefined);
  }

  /**
   * Answers a question, with at most 4,000 characters. The answer is shown beside the action, as the agent's own words. It changes
   * nothing of the action, and it cannot be changed itself.
   *
   * @throws AnswerRefused when no such question is open
   */
  answer(questionId: string, text: string): Promise<void> {
    return withTypedErrors(() =>
      this.#workflow.executeUpdate(answerUpdate, { args: [{ questionId, text }] }),
    );
  }

  /** Cancels the request. An effect that already stands in production is rolled back before the action ends as `cancelled`. */
  cancel(): Promise<void> {
    return withTypedErrors(async () => {
      await this.#workflow.cancel();
    });
  }
}
