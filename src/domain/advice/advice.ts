import type { OutcomeKind } from '../action/outcome.ts';
import type { Reported } from '../action/reported.ts';
import type { ReviewResult } from '../approval/review-result.ts';
import type { Settlement } from '../approval/settlement.ts';
import type { PersonDecided } from '../attention/request-facts.ts';
import { grouped } from '../shared/grouped.ts';

/** What people may say decided their answer. */
export const WHAT_DECIDED = ['parameter', 'record', 'liveState', 'text', 'other'] as const;
export type WhatDecided = (typeof WHAT_DECIDED)[number];

/** An action that ended, and how people looked at it. Times in milliseconds since the epoch. */
export interface EndedAction {
  readonly actionId: string;
  readonly agent: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly ruledAt: number;
  /** Whether people were asked before it ran. */
  readonly asked: boolean;
  /** Whether it ran. */
  readonly ran: boolean;
  readonly outcome: OutcomeKind;
  readonly settlement?: Settlement['kind'] | undefined;
  readonly review?: ReviewResult['kind'] | undefined;
  /** What a person reported first after it was over. */
  readonly reported?: Reported | undefined;
  /** How far it changed its parameter, relative to the value then. Absent: not known. */
  readonly sizeChange?: number | undefined;
  readonly decisions: readonly PersonDecided[];
  /** When each person first opened its page. A person who is missing never did. */
  readonly openedAt: Readonly<Record<string, number>>;
}

/** An action that a person denied, or that was taken back, failed or was regretted. */
export interface Bad {
  readonly actionId: string;
  readonly why: string;
}

/** What would spare people a question. Nothing changes by itself. */
export type Suggestion =
  /** Permit it at once: for a level of the agents, by a policy or a grant. */
  | { readonly kind: 'level'; readonly agents: readonly string[] }
  /** Permit it at once up to this change, relative to the value now. */
  | { readonly kind: 'limit'; readonly upTo: number }
  /** Bind it to a procedure that was approved beforehand, for this target. */
  | { readonly kind: 'runbook' };

interface Subject {
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
}

export type Advice =
  /** People were asked, and everybody approved without a look. */
  | (Subject & {
      readonly kind: 'askLess';
      readonly asked: number;
      /** How many were approved without a look. */
      readonly unseen: number;
      /** Half of the decisions came within this time of the question. */
      readonly medianMs: number;
      readonly suggestion: Suggestion;
      /** The bad ones that would have run without a person by this suggestion. */
      readonly wouldHaveRun: readonly Bad[];
    })
  /** It ran without a person's approval, and was regretted. */
  | (Subject & { readonly kind: 'askMore'; readonly ran: number; readonly regretted: readonly Bad[] });

/** Fewer questions than this say nothing. */
const LEAST_ASKED = 5;
/** Of the approvals, the share without a look. */
const UNSEEN_SHARE = 0.8;
/** Whoever decides so soon after opening the page has not read it. */
const GLANCE_MS = 5_000;
const LEAST_REGRETTED = 2;

/**
 * Advises on which questions to spare people and which to add, by action type, target and environment; the most frequent first.
 *
 * @param actions those that ended in the time that is looked at
 */
export function adviceOn(actions: readonly EndedAction[]): Advice[] {
  const subjects = grouped(actions, ({ actionType, target, environment }) =>
    JSON.stringify([actionType, target, environment]),
  );
  return subjects
    .flatMap((sameSubject) => [...askLess(sameSubject, actions), ...askMore(sameSubject)])
    .sort((a, b) => weightOf(b) - weightOf(a));
}

const weightOf = (advice: Advice) => (advice.kind === 'askLess' ? advice.unseen : advice.regretted.length);

function askLess(sameSubject: readonly EndedAction[], all: readonly EndedAction[]): Advice[] {
  const asked = sameSubject.filter((action) => action.asked);
  const [first] = asked;
  if (!first || asked.length < LEAST_ASKED || !asked.every(isApprovedByAll)) return [];
  const unseen = asked.filter(isUnseen).length;
  if (unseen < UNSEEN_SHARE * asked.length) return [];
  const { actionType, environment, target } = first;
  const badOnes = all.filter(
    (action) =>
      action.actionType === actionType && action.environment === environment && whyBad(action) !== undefined,
  );
  const suggestion = suggestionFor(asked, badOnes);
  return [
    {
      kind: 'askLess',
      actionType,
      target,
      environment,
      asked: asked.length,
      unseen,
      medianMs: median(asked.flatMap(({ decisions, ruledAt }) => decisions.map(({ at }) => at - ruledAt))),
      suggestion,
      wouldHaveRun:
        suggestion.kind === 'runbook' ? badOf(badOnes.filter((bad) => bad.target === target)) : [],
    },
  ];
}

function suggestionFor(asked: readonly EndedAction[], badOnes: readonly EndedAction[]): Suggestion {
  if (badOnes.length === 0)
    return { kind: 'level', agents: [...new Set(asked.map(({ agent }) => agent))].sort() };
  const sizes = asked.map(({ sizeChange }) => sizeChange ?? Number.POSITIVE_INFINITY);
  const upTo = Math.max(...sizes);
  const keepsBadOut = badOnes.every(({ sizeChange }) => sizeChange !== undefined && sizeChange > upTo);
  return keepsBadOut ? { kind: 'limit', upTo } : { kind: 'runbook' };
}

function askMore(sameSubject: readonly EndedAction[]): Advice[] {
  const ranAlone = sameSubject.filter(({ ran, settlement }) => ran && settlement !== 'approved');
  const regretted = badOf(ranAlone);
  const [first] = ranAlone;
  if (!first || regretted.length < LEAST_REGRETTED) return [];
  const { actionType, environment, target } = first;
  return [{ kind: 'askMore', actionType, target, environment, ran: ranAlone.length, regretted }];
}

const isApprovedByAll = ({ decisions, settlement }: EndedAction) =>
  settlement === 'approved' &&
  decisions.length > 0 &&
  decisions.every(({ verdict }) => verdict === 'approve');

/** Whether everybody who approved had not read the page. */
const isUnseen = ({ decisions, openedAt }: EndedAction) =>
  decisions.every(({ person, at }) => {
    const opened = Object.hasOwn(openedAt, person) ? openedAt[person] : undefined;
    return opened === undefined || opened > at - GLANCE_MS;
  });

const BAD_OUTCOMES: Partial<Readonly<Record<OutcomeKind, string>>> = {
  deniedByPerson: 'a person denied it',
  rolledBack: 'it was rolled back',
  rollbackFailed: 'its rollback failed',
  failed: 'it failed',
  revoked: 'a person revoked it',
};

function whyBad({ outcome, review, reported }: EndedAction): string | undefined {
  if (reported === 'regressed') return 'a person reported that it had regressed';
  return BAD_OUTCOMES[outcome] ?? (review === 'disagreed' ? 'its review disagreed' : undefined);
}

const badOf = (actions: readonly EndedAction[]): Bad[] =>
  actions.flatMap((action) => {
    const why = whyBad(action);
    return why === undefined ? [] : [{ actionId: action.actionId, why }];
  });

/** The smallest value that at least half of them do not exceed. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.ceil(sorted.length / 2) - 1] ?? 0;
}
