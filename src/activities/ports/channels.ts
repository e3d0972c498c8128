import type { Action, Proposal } from '../../domain/action/action.ts';
import type { Outcome } from '../../domain/action/outcome.ts';
import type { Settlement } from '../../domain/approval/settlement.ts';
import type { Tally } from '../../domain/approval/vote-tally.ts';
import type { Background } from '../../domain/background/background.ts';
import type { Finding } from '../../domain/findings/finding.ts';
import type { LogAlarm } from '../../domain/ledger/tree/log-alarm.ts';
import type { MessageKind } from '../../domain/record/announcement.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import type { Ruling } from '../../domain/ruling/ruling.ts';

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
  /** What was found to contradict the request. It quotes words of the agent. Absent: nothing was. */
  readonly findings?: readonly Finding[] | undefined;
  /** What people who are asked are told beside the impact. Absent: nobody is asked. */
  readonly background?: Background | undefined;
  /** Milliseconds since the epoch, where an answer is awaited. */
  readonly deadline?: number | undefined;
  readonly outcome?: Outcome | undefined;
  /** What a person said or did that the message is about, in one sentence. No part of it is written by the agent. */
  readonly said?: string | undefined;
  /** How the waiting for people ended, once it has ended. */
  readonly settlement?: Settlement | undefined;
  /** Where the approvals stood when the message was made, where approvals are asked for. */
  readonly standing?: Tally | undefined;
}

export type SendResult =
  /** Accepted by the channel. `detail` names the people who were left out; `ref` is the channel's name for the message. */
  | { readonly kind: 'delivered'; readonly detail: string; readonly ref?: string | undefined }
  /** Trying again may help. */
  | { readonly kind: 'unavailable'; readonly reason: string }
  /** Trying again cannot help. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Where a message goes within a channel. */
export interface MessagePlace {
  /** Whose pager to ring, as a step of a route names them. Absent: on-call's. */
  readonly to?: string | undefined;
  /** The message to bring up to date, where the channel can do that. */
  readonly ref?: string | undefined;
}

/** One way to reach people. Recipients are catalog names: no address ever comes from a message. Never throws. */
export interface Channel {
  send(message: Message, people: readonly string[], place?: MessagePlace): Promise<SendResult>;
}

export interface Pager extends Channel {
  /** Pages about the ledger's log. @param name names the page: the same name is the same page, and `resolve` ends it */
  alarm(name: string, alarm: LogAlarm, people: readonly string[]): Promise<SendResult>;
  /** Says that nothing is left to do about this action, or about the alarm of this name. */
  resolve(actionId: string, to?: string): Promise<SendResult>;
}
