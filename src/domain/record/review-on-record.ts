import type { Outcome } from '../action/outcome.ts';
import { hearAll } from '../approval/count-statements.ts';
import { groupsIn, peopleIn, type Vote } from '../approval/requirement.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import { decided } from '../approval/settlement.ts';
import type { PinnedGateway } from '../approval/signing-gateway.ts';
import { type Question, VOTING } from '../approval/verify-decision.ts';
import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { Review } from '../ruling/mode.ts';
import type { Addressing } from './announcement.ts';
import { type OnRecord, onRecord } from './on-record.ts';

/** The review of an action that ran without a person's approval, as the ledger has it. */
export interface ReviewOnRecord {
  readonly ruled: NonNullable<OnRecord['ruled']>;
  readonly outcome: Outcome;
  readonly review: Review;
  /** When the action was closed. This and the times below in milliseconds since the epoch. */
  readonly openedAt: number;
  readonly dueAt: number;
  /** Until when an answer counts, even after the due time. */
  readonly openUntil: number;
  /** The last conclusion. */
  readonly concluded?: { readonly result: ReviewResult; readonly final: boolean } | undefined;
}

/**
 * Returns the review that is due for an action; undefined when none is, or when it was left out of the sample.
 *
 * @param entries all entries about the action, in their order
 */
export function reviewOn(actionId: string, entries: readonly ReadEntry[]): ReviewOnRecord | undefined {
  const last = entries.findLast(({ kind }) => kind === 'closed');
  const { ruled, closed } = last ? onRecord(actionId, runOf(last), entries) : {};
  if (!ruled || !closed?.review || entries.some(({ kind }) => kind === 'reviewSkipped')) return undefined;
  const { review, outcome, at: openedAt } = closed;
  const dueAt = openedAt + review.withinMs;
  const openUntil = review.escalate ? dueAt + review.escalate.afterMs + review.withinMs : dueAt;
  return { ruled, outcome, review, openedAt, dueAt, openUntil, concluded: concludedIn(entries) };
}

function concludedIn(entries: readonly ReadEntry[]): ReviewOnRecord['concluded'] {
  const bodies = entries.filter(({ kind }) => kind === 'reviewed').map(({ body }) => Object(body));
  const last = bodies.at(-1);
  return last?.result ? { result: last.result, final: last.openUntil === undefined } : undefined;
}

/** The question that reviewers answer, with its deadline. A review runs nothing, so being signed in is enough. */
export function reviewQuestion(
  subject: {
    readonly installation: string;
    readonly digest: string;
    readonly gateway?: PinnedGateway | undefined;
    readonly review: Pick<Review, 'requirement'>;
  },
  about: Pick<Question, 'workflowId' | 'runId'>,
  deadline: number,
): Question {
  const { installation, digest, gateway, review } = subject;
  return {
    ...about,
    installation,
    digest,
    requirement: review.requirement,
    deadline,
    takes: VOTING,
    gateway: gateway && { ...gateway, stepUp: false },
  };
}

export type Reviewing =
  | {
      readonly kind: 'concluded';
      readonly result: ReviewResult;
      readonly votes: readonly Vote[];
      /** Present when the review was overdue and an answer still counts until this time. */
      readonly openUntil?: number | undefined;
    }
  /** Reviewers can still answer until this time. */
  | { readonly kind: 'open'; readonly until: number };

/**
 * Works out the state of a review from the signed statements and the time. A review that nobody made is overdue, which is a result, too.
 * When it escalates, it stays open for one more period: an answer then counts, and the ledger keeps that it was overdue.
 *
 * @param now milliseconds since the epoch
 */
export function reviewing(
  record: ReviewOnRecord,
  about: Pick<Question, 'workflowId' | 'runId'>,
  statements: readonly string[],
  now: number,
): Reviewing {
  const { ruled, dueAt, openUntil, review, concluded } = record;
  const { installation, digest, gateway } = ruled.ruling;
  const overdue = concluded !== undefined && !concluded.final;
  const until = overdue ? openUntil : dueAt;
  const { votes } = hearAll(
    reviewQuestion({ installation, digest, gateway, review }, about, until),
    statements,
    now,
  ).ballot;
  const settlement = decided(review.requirement, votes);
  switch (settlement?.kind) {
    case 'approved':
      return {
        kind: 'concluded',
        result: { kind: 'agreed', by: settlement.by, ...lateMark(overdue) },
        votes,
      };
    case 'denied': {
      const { by, reason } = settlement;
      return { kind: 'concluded', result: { kind: 'disagreed', by, reason, ...lateMark(overdue) }, votes };
    }
    default: {
      if (now < until) return { kind: 'open', until };
      const stays = !overdue && openUntil > dueAt;
      return { kind: 'concluded', result: { kind: 'overdue' }, votes, ...(stays ? { openUntil } : {}) };
    }
  }
}

const lateMark = (overdue: boolean) => (overdue ? { late: true as const } : {});

/** The next message to reviewers, or to on-call. */
export type Reminder = 'due' | 'overdue' | 'escalated';

/** Addresses a reminder from the record. @param now milliseconds since the epoch */
export function remindOf(record: ReviewOnRecord, reminder: Reminder, now: number): Addressing {
  const { ruled, review, openedAt, dueAt, concluded } = record;
  const { requirement, escalate } = review;
  if (concluded?.final && concluded.result.kind !== 'overdue') return refusal('it was made');
  const reviewers = { by: 'mail', whom: groupsIn(requirement), people: peopleIn(requirement) } as const;
  switch (reminder) {
    case 'due':
      if (now < openedAt + review.withinMs / 2) return refusal('there is more than half of the time left');
      return {
        kind: 'addressed',
        addressed: { kind: 'reviewDue', step: 'reviewDue', ...reviewers, deadline: dueAt },
      };
    case 'overdue':
      if (now < dueAt) return refusal('it is not overdue');
      return {
        kind: 'addressed',
        addressed: { kind: 'reviewOverdue', step: 'reviewOverdue', ...reviewers, deadline: dueAt },
      };
    case 'escalated': {
      if (!escalate || now < dueAt + escalate.afterMs) return refusal('it is not for on-call');
      return {
        kind: 'addressed',
        addressed: {
          kind: 'reviewOverdue',
          step: 'reviewOverdue/on-call',
          by: escalate.by,
          whom: 'on-call',
          people: ruled.ruling.people.onCall,
          deadline: dueAt,
        },
      };
    }
  }
}

const refusal = (reason: string): Addressing => ({ kind: 'refused', reason });
