import { TIERS, type Tier } from '../action/action.ts';
import { OUTCOMES, type OutcomeKind } from '../action/outcome.ts';
import type { Requirement } from '../approval/requirement.ts';
import { routeDurationOf } from '../escalation/route-duration.ts';
import type { Json } from '../shared/json.ts';
import { countAt, listAt, nameAt, oneOf, partOf, textAt } from '../shared/json-reader.ts';
import type { NewEntry } from './ledger.ts';
import { readRequirement } from './parse-requirement.ts';
import { type ListedVote, votesIn } from './parse-votes.ts';

/** Where an action stands, as far as the ledger tells. */
export const LISTED_STATUSES = ['waiting', 'running', 'lost', 'closed'] as const;

/** What lists need of an action, as the ledger tells it. Times in milliseconds since the epoch. */
export interface Listed {
  readonly actionId: string;
  /** Written by the machine from the operators' template. */
  readonly title: string;
  readonly actionType: string;
  readonly target: string;
  readonly environment: string;
  readonly agent: string;
  readonly tier: Tier;
  /** 0 to 100. */
  readonly risk: number;
  readonly revision: number;
  /** When it was ruled on first, and last. */
  readonly openedAt: number;
  readonly ruledAt: number;
  readonly status: (typeof LISTED_STATUSES)[number];
  /** Whom the ruling asks; absent: nobody. */
  readonly requirement?: Requirement | undefined;
  /** While it waits: until when people can decide. */
  readonly deadline?: number | undefined;
  readonly votes: readonly ListedVote[];
  readonly settlement?: string | undefined;
  readonly closedAt?: number | undefined;
  readonly outcome?: OutcomeKind | undefined;
  /** What the ruling says of a review, should one become due. */
  readonly mayReview?: Review | undefined;
  readonly review?: (Review & { readonly dueAt: number; readonly result?: string | undefined }) | undefined;
  readonly reviews: readonly ListedVote[];
}

interface Review {
  readonly withinMs: number;
  readonly requirement: Requirement;
}

/** What lists show of an action once one more entry of the ledger about it is read: the twin of `project`. */
export function list(known: Listed | undefined, entry: NewEntry): Listed | undefined {
  const { kind, at, body } = entry;
  if (kind === 'ruled') return ruledIn(entry, known) ?? known;
  if (!known) return undefined;
  switch (kind) {
    case 'voted':
      // One that comes late is about what nobody is asked any more.
      return known.status === 'waiting' && at >= known.ruledAt
        ? { ...known, votes: votedIn(known, body) }
        : known;
    case 'settled':
      return known.status === 'waiting' ? { ...known, status: 'running', ...decidedIn(body, at) } : known;
    case 'admitted':
      // After a reset it runs once more.
      return {
        ...known,
        status: 'running',
        closedAt: undefined,
        outcome: undefined,
        review: undefined,
        reviews: [],
        ...decidedIn(body, at),
      };
    case 'lost':
      return known.status === 'closed' ? known : { ...known, status: 'lost' };
    case 'closed': {
      const outcome = oneOf(OUTCOMES, partOf(body, 'outcome', 'kind'));
      if (!outcome) return known;
      const closed = { status: 'closed', outcome, closedAt: at } as const;
      return {
        ...known,
        ...closed,
        ...decidedIn(partOf(body, 'record'), at),
        review: reviewIn(body, at, known),
      };
    }
    case 'reviewed': {
      const result = nameAt(body, 'result', 'kind');
      // An overdue review that is still open is due as before.
      if (!known.review || !result || partOf(body, 'openUntil') !== undefined) return known;
      return { ...known, review: { ...known.review, result }, reviews: votesIn(body) };
    }
    case 'reviewSkipped':
      return { ...known, review: undefined };
    default:
      return known;
  }
}

/** A vote replaces an earlier one of its person; whoever takes theirs back has none. Earlier versions wrote all votes each time. */
function votedIn({ votes }: Listed, body: Json): readonly ListedVote[] {
  const person = nameAt(body, 'person');
  if (!person) return votesIn(body);
  const others = votes.filter((vote) => vote.person !== person);
  return partOf(body, 'verdict') === 'withdraw' ? others : [...others, ...votesIn({ votes: [body] })];
}

function ruledIn({ actionId, at, body }: NewEntry, known: Listed | undefined): Listed | undefined {
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
    revision: countAt(body, 'revision') ?? known?.revision ?? 1,
    openedAt: known?.openedAt ?? at,
    ruledAt: at,
    status: requirement ? 'waiting' : 'running',
    ...(requirement ? { requirement, deadline: at + waits } : {}),
    mayReview: reviewAt(partOf(ruling, 'review')),
    votes: [],
    reviews: [],
  };
}

/** How long its steps wait in all. */
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

/** What the entry says of a review; earlier versions did not say, and opened one for what ran without approval. */
function reviewIn(body: Json, at: number, { mayReview }: Listed): Listed['review'] {
  const said = partOf(body, 'review');
  const settlement = partOf(body, 'record', 'settlement', 'kind');
  const ran = partOf(body, 'record', 'receipt') !== undefined;
  const review = said === undefined && ran && settlement !== 'approved' ? mayReview : reviewAt(said);
  return review && { ...review, dueAt: at + review.withinMs };
}

function decidedIn(body: Json | undefined, at: number): Pick<Listed, 'votes' | 'settlement'> {
  const settlement = nameAt(body, 'settlement', 'kind');
  const person = settlement === 'brokenGlass' ? nameAt(body, 'settlement', 'by') : undefined;
  const reason = textAt(body, 'settlement', 'reason');
  const broken = person ? [{ person, verdict: 'breakGlass', at, ...(reason ? { reason } : {}) }] : [];
  return { votes: [...votesIn(body), ...broken], settlement };
}
