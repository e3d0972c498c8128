import { TIERS, type Tier } from '../action/action.ts';
import { OUTCOMES, type OutcomeKind } from '../action/outcome.ts';
import type { Requirement } from '../approval/requirement.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import type { Json } from '../shared/json.ts';
import { countAt, listAt, nameAt, oneOf, partOf, textAt } from '../shared/json-reader.ts';
import { DRILL_RESULTS, type DrillResult } from './drill-result.ts';
import type { ErasedEntry, NewEntry } from './ledger.ts';
import { readRequirement } from './parse-requirement.ts';
import { type ListedVote, votesIn } from './parse-votes.ts';

/** The stages of an action that the ledger can tell apart. */
export const LISTED_STATUSES = ['waiting', 'running', 'lost', 'closed'] as const;

/** What the ledger says about an action, as far as lists need it. Times in milliseconds since the epoch. */
export interface Listed {
  readonly actionId: string;
  /** Written by code from the operators' template. */
  readonly title: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly agent: string;
  readonly tier: Tier;
  /** 0 to 100. */
  readonly risk: number;
  readonly revision: number;
  /** When it was ruled on for the first time, and for the last time. */
  readonly openedAt: number;
  readonly ruledAt: number;
  readonly status: (typeof LISTED_STATUSES)[number];
  /** The people whom the ruling asks. Absent: nobody. */
  readonly requirement?: Requirement | undefined;
  /** While it waits: the time until which people can decide. */
  readonly deadline?: number | undefined;
  readonly votes: readonly ListedVote[];
  readonly settlement?: string | undefined;
  readonly closedAt?: number | undefined;
  readonly outcome?: OutcomeKind | undefined;
  /** The review that the ruling provides, if one becomes due. */
  readonly mayReview?: Review | undefined;
  readonly review?: (Review & { readonly dueAt: number; readonly result?: string | undefined }) | undefined;
  readonly reviews: readonly ListedVote[];
  /** Set where it is a drill: how it ended, or `open`. */
  readonly drill?: DrillResult | 'open' | undefined;
}

interface Review {
  readonly withinMs: number;
  readonly requirement: Requirement;
}

/** Adds one more ledger entry to what lists show of an action. `project` does the same for past actions. */
export function list(item: Listed | undefined, entry: NewEntry): Listed | undefined {
  const { kind, at, body } = entry;
  if (kind === 'ruled') return ruledIn(entry, item) ?? item;
  if (kind === 'drillAsked') {
    const drill = ruledIn({ ...entry, body: partOf(body, 'ruled') ?? null }, item);
    return drill ? { ...drill, drill: 'open' } : item;
  }
  if (!item) return undefined;
  switch (kind) {
    case 'drillEnded': {
      const said = partOf(body, 'said');
      const votes = said === undefined ? [] : votesIn({ votes: [said] });
      const drill = oneOf(DRILL_RESULTS, partOf(body, 'result')) ?? 'expired';
      return { ...item, status: 'closed', closedAt: at, deadline: undefined, votes, drill };
    }
    case 'voted':
      // A late vote is about a question that is no longer open.
      return item.status === 'waiting' && at >= item.ruledAt ? { ...item, votes: votedIn(item, body) } : item;
    case 'settled':
      return item.status === 'waiting' ? { ...item, status: 'running', ...decidedIn(body, at) } : item;
    case 'admitted':
      // After a reset the action runs once more.
      return {
        ...item,
        status: 'running',
        closedAt: undefined,
        outcome: undefined,
        review: undefined,
        reviews: [],
        ...decidedIn(body, at),
      };
    case 'told': {
      const keepUntil = countAt(body, 'keepUntil');
      const requirement = item.requirement ?? item.mayReview?.requirement;
      return keepUntil === undefined || item.status !== 'running'
        ? item
        : { ...item, status: 'waiting', deadline: keepUntil, votes: [], requirement };
    }
    case 'kept':
    case 'extended':
    case 'revoked':
    case 'aborted':
    case 'verdict':
      return item.status === 'waiting' ? { ...item, status: 'running', deadline: undefined } : item;
    case 'lost':
      return item.status === 'closed' ? item : { ...item, status: 'lost' };
    case 'closed': {
      const outcome = oneOf(OUTCOMES, partOf(body, 'outcome', 'kind'));
      if (!outcome) return item;
      const closing = { status: 'closed', outcome, closedAt: at } as const;
      return {
        ...item,
        ...closing,
        ...decidedIn(partOf(body, 'record'), at),
        review: reviewIn(body, at, item),
      };
    }
    case 'reviewed': {
      const result = nameAt(body, 'result', 'kind');
      // An overdue review that is still open stays due.
      if (!item.review || !result || partOf(body, 'openUntil') !== undefined) return item;
      return { ...item, review: { ...item.review, result }, reviews: votesIn(body) };
    }
    case 'reviewSkipped':
      return { ...item, review: undefined };
    case 'erasureOrdered': {
      // It is not known which of its entries a text came from. The title has values of its parameters in it.
      const { votes, reviews, actionType, target } = item;
      return {
        ...item,
        title: `${actionType} on ${target}`,
        votes: votes.map(withoutReason),
        reviews: reviews.map(withoutReason),
      };
    }
    default:
      return item;
  }
}

/** The same for an entry of which it was erased what it said: what has ended stays ended, and nobody reviews it. */
export function listErased(item: Listed, { was, at }: Pick<ErasedEntry, 'was' | 'at'>): Listed {
  switch (was) {
    case 'closed':
    case 'drillEnded':
      return { ...item, status: 'closed', closedAt: at, deadline: undefined };
    case 'reviewed':
      return { ...item, review: undefined };
    default:
      return item;
  }
}

const withoutReason = ({ reason: _, ...vote }: ListedVote): ListedVote => vote;

/** A vote replaces an earlier vote of the same person; a withdrawal removes it. Earlier versions wrote all votes in each entry. */
function votedIn({ votes }: Listed, body: Json): readonly ListedVote[] {
  const person = nameAt(body, 'person');
  if (!person) return votesIn(body);
  const otherVotes = votes.filter((vote) => vote.person !== person);
  return partOf(body, 'verdict') === 'withdraw' ? otherVotes : [...otherVotes, ...votesIn({ votes: [body] })];
}

function ruledIn({ actionId, at, body }: NewEntry, item: Listed | undefined): Listed | undefined {
  const action = partOf(body, 'action');
  const ruling = partOf(body, 'ruling');
  const actionType = nameAt(action, 'type');
  const target = nameAt(action, 'target');
  const environment = nameAt(action, 'environment');
  const agent = nameAt(action, 'agent', 'id');
  const tier = oneOf(TIERS, partOf(ruling, 'tier'));
  if (!actionType || !target || !environment || !agent || !tier) return undefined;
  const requirement = readRequirement(partOf(ruling, 'requirement'));
  const waits = routeMs(partOf(ruling, 'route'));
  const risk = partOf(body, 'impact', 'riskScore');
  return {
    actionId,
    actionType,
    target,
    environment,
    agent,
    tier,
    title: textAt(action, 'title') ?? `${actionType} on ${target}`,
    risk: typeof risk === 'number' ? risk : 0,
    revision: countAt(body, 'revision') ?? item?.revision ?? 1,
    openedAt: item?.openedAt ?? at,
    ruledAt: at,
    status: requirement ? 'waiting' : 'running',
    ...(requirement ? { requirement, deadline: at + waits } : {}),
    mayReview: reviewAt(partOf(ruling, 'review')),
    votes: [],
    reviews: [],
  };
}

/** Returns how long the route takes at most, in milliseconds. */
const routeMs = (route: Json | undefined): number =>
  routeDurationOf({
    steps: (listAt(route, 'steps') ?? []).map((step) => ({
      waitMs: countAt(step, 'waitMs'),
      next: countAt(step, 'next'),
      else: countAt(step, 'else'),
      repeatFrom: countAt(step, 'repeatFrom'),
      times: countAt(step, 'times'),
    })),
  });

function reviewAt(json: Json | undefined): Review | undefined {
  const withinMs = countAt(json, 'withinMs');
  const requirement = readRequirement(partOf(json, 'requirement'));
  return withinMs === undefined || !requirement ? undefined : { withinMs, requirement };
}

/** Returns the review that the entry opens. Earlier versions did not write it, and opened one for an action that ran without approval. */
function reviewIn(body: Json, at: number, { mayReview }: Listed): Listed['review'] {
  const recordedReview = partOf(body, 'review');
  const settlement = partOf(body, 'record', 'settlement', 'kind');
  const hasRun = partOf(body, 'record', 'receipt') !== undefined;
  const review =
    recordedReview === undefined && hasRun && settlement !== 'approved'
      ? mayReview
      : reviewAt(recordedReview);
  return review && { ...review, dueAt: at + review.withinMs };
}

function decidedIn(body: Json | undefined, at: number): Pick<Listed, 'votes' | 'settlement'> {
  const settlement = nameAt(body, 'settlement', 'kind');
  const person = settlement === 'brokenGlass' ? nameAt(body, 'settlement', 'by') : undefined;
  const reason = textAt(body, 'settlement', 'reason');
  const breakGlassVotes = person
    ? [{ person, verdict: 'breakGlass', at, ...(reason ? { reason } : {}) }]
    : [];
  return { votes: [...votesIn(body), ...breakGlassVotes], settlement };
}
