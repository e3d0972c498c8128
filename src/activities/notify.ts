import { ApplicationFailure } from '@temporalio/activity';
import type { Action, Proposal } from '../domain/action.ts';
import type { Means } from '../domain/escalation.ts';
import type { Settlement } from '../domain/gate.ts';
import type { Impact } from '../domain/impact.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { Standing } from '../domain/votes.ts';
import { failure } from './failure.ts';

export type MessageKind =
  | 'approvalRequested'
  | 'windowOpened'
  | 'proceeding'
  | 'settled'
  | 'recommended'
  | 'rolledBack'
  | 'rollbackFailed'
  | 'targetHeld'
  | 'closed'
  | 'reviewDue'
  | 'reviewOverdue'
  | 'questionAsked'
  | 'edited'
  | 'glassBroken'
  | 'revoked'
  | 'anomaly';

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
  /** What a person said or did that this is about, in one sentence. The agent wrote nothing of it. */
  readonly said?: string | undefined;
  /** How the waiting for people ended, once it has. */
  readonly settlement?: Settlement | undefined;
  /** Where the approvals stood when this was said, where some are asked for. */
  readonly standing?: Standing | undefined;
}

export type SendResult =
  /** Taken over by the channel; `detail` names whoever was left out, and `ref` is what the channel calls the message. */
  | { readonly kind: 'delivered'; readonly detail: string; readonly ref?: string | undefined }
  /** Trying again may help. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** Trying again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Where a message goes within a channel. */
export interface Place {
  /** Whose pager it is, as a step of a route names them. Absent: on-call's. */
  readonly to?: string | undefined;
  /** The message to bring up to date, where the channel can. */
  readonly ref?: string | undefined;
}

/** One way to reach people. Recipients are catalog names: no address ever comes from a message. Never throws. */
export interface Channel {
  send(message: Message, people: readonly string[], place?: Place): Promise<SendResult>;
}

export interface Pager extends Channel {
  /** Says that nothing is left to do about this action. */
  resolve(actionId: string, to?: string): Promise<SendResult>;
}

export interface NotifyInput extends Place {
  readonly by: Means;
  readonly people: readonly string[];
  readonly message: Message;
}

export interface NotifyDeps {
  readonly mail: Channel;
  readonly pager: Pager;
  readonly slack?: Channel | undefined;
  readonly webhook?: Channel | undefined;
}

/** What a channel said of a message that it took over. */
type Sent = Pick<Extract<SendResult, { kind: 'delivered' }>, 'detail' | 'ref'>;

export function createNotify({ mail, pager, slack, webhook }: NotifyDeps) {
  const channels: Readonly<Record<Means, Channel | undefined>> = { mail, page: pager, slack, webhook };
  return {
    /** Sends one message; the answer says who was left out. Raises a retryable failure while the channel is down. */
    notify: async ({ by, people, message, to, ref }: NotifyInput): Promise<Sent> => {
      const channel = channels[by];
      if (!channel) throw failure('NotDeliverable', `this worker is told of no ${by}: see channels.${by}`);
      return delivered(await channel.send(message, people, { to, ref }));
    },

    /** Resolves the page of an action once it is decided. */
    resolvePage: async ({ actionId, to }: { actionId: string; to?: string | undefined }): Promise<Sent> =>
      delivered(await pager.resolve(actionId, to)),
  };
}

function delivered(result: SendResult): Sent {
  switch (result.kind) {
    case 'delivered': {
      const { detail, ref } = result;
      return ref === undefined ? { detail } : { detail, ref };
    }
    case 'refused':
      throw failure('NotDeliverable', result.reason);
    case 'unavailable':
      throw ApplicationFailure.create({ type: 'NotDeliverable', message: result.reason });
  }
}
