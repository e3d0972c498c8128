import { ApplicationFailure } from '@temporalio/activity';
import type { Action, Proposal } from '../domain/action.ts';
import type { Impact } from '../domain/impact.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { Standing } from '../domain/votes.ts';
import { failure } from './failure.ts';

export type MessageKind =
  | 'approvalRequested'
  | 'windowOpened'
  | 'proceeding'
  | 'recommended'
  | 'rolledBack'
  | 'rollbackFailed'
  | 'targetHeld'
  | 'closed'
  | 'reviewDue'
  | 'reviewOverdue';

/** What people are told: facts, from which each channel renders. Agent-written text is in `proposal` alone. */
export interface Message {
  readonly kind: MessageKind;
  /** Stable within the action: a repeated attempt sends the same message again, and channels can tell. */
  readonly step: string;
  readonly workflowId: string;
  readonly runId: string;
  readonly proposal: Proposal;
  readonly action: Action;
  readonly impact: Impact;
  readonly ruling: Ruling;
  /** Milliseconds since the epoch, where an answer is awaited. */
  readonly deadline?: number | undefined;
  readonly outcome?: Outcome | undefined;
  /** Where the approvals stood when this was said, where some are asked for. */
  readonly standing?: Standing | undefined;
}

export type SendResult =
  /** Taken over by the channel; `detail` names whoever was left out. */
  | { readonly kind: 'delivered'; readonly detail: string }
  /** Trying again may help. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** Trying again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string };

/** One way to reach people. Recipients are catalog names: no address ever comes from a message. Never throws. */
export interface Channel {
  send(message: Message, people: readonly string[]): Promise<SendResult>;
}

export interface Pager extends Channel {
  /** Says that nothing is left to do about this action. */
  resolve(actionId: string): Promise<SendResult>;
}

export interface NotifyInput {
  readonly by: 'mail' | 'page';
  readonly people: readonly string[];
  readonly message: Message;
}

export interface NotifyDeps {
  readonly mail: Channel;
  readonly pager: Pager;
}

export function createNotify({ mail, pager }: NotifyDeps) {
  return {
    /** Sends one message; the answer says who was left out. Raises a retryable failure while the channel is down. */
    notify: async ({ by, people, message }: NotifyInput): Promise<string> =>
      delivered(await (by === 'page' ? pager : mail).send(message, people)),

    /** Resolves the page of an action once it is decided. */
    resolvePage: async (actionId: string): Promise<string> => delivered(await pager.resolve(actionId)),
  };
}

function delivered(result: SendResult): string {
  switch (result.kind) {
    case 'delivered':
      return result.detail;
    case 'refused':
      throw failure('NotDeliverable', result.reason);
    case 'unavailable':
      throw ApplicationFailure.create({ type: 'NotDeliverable', message: result.reason });
  }
}
