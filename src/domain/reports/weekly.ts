import { OUTCOMES, type OutcomeKind } from '../action/outcome.ts';
import { groupsIn, peopleIn } from '../approval/requirement.ts';
import { changeText } from '../autonomy/effective-level.ts';
import type { StandingFact } from '../autonomy/standing.ts';
import { brokenGlassText } from '../explanation/explanation.ts';
import { erasuresIn, erasureText, kindOf } from '../ledger/erasure.ts';
import { type ReadEntry, runOf } from '../ledger/ledger.ts';
import type { ActionState } from '../record/action-state.ts';
import { onRecord } from '../record/on-record.ts';
import { reviewOn } from '../record/review-on-record.ts';
import { isRulesChanged, type RulesChanged } from '../record/rules-changed.ts';
import { oneOf, partOf, textAt } from '../shared/json-reader.ts';
import { iso } from '../shared/sentence.ts';
import { following, type Readers } from './following.ts';
import { type Few, few, type Noted } from './noted.ts';
import type { Period } from './period.ts';
import { violationsIn } from './violations.ts';

/** What a weekly audit looks for, what matters most first. */
export const AUDITED = [
  'violations',
  'brokenGlass',
  'lost',
  'unansweredPages',
  'overdueReviews',
  'anomalies',
  'standing',
  'rules',
  'erasures',
  'erased',
  'unreadable',
] as const;
export type Audited = (typeof AUDITED)[number];

export interface WeeklyAudit extends Readonly<Record<Audited, Few>> {
  /** How many entries the period has, of the kinds that are looked at. */
  readonly entries: number;
  readonly rulings: number;
  /** How many actions ended in the period, by how. */
  readonly ended: Readonly<Partial<Record<OutcomeKind, number>>>;
}

export interface AuditReaders extends Readers {
  /** What an entry says about an agent's standing. */
  readonly standingIn: (entry: ReadEntry) => StandingFact | undefined;
}

interface OpenReview {
  readonly dueAt: number;
  readonly reviewers: string;
}

/**
 * Audits a period. `add` takes the entries of the ledger in their order; `complete` takes all entries about each of the `older` actions. It holds
 * what is open at a time, and the first of what it found: the ledger may be larger than the memory.
 */
export function auditing(period: Period, readers: AuditReaders) {
  const { from, until } = period;
  const actions = following();
  const reviews = new Map<string, OpenReview>();
  const lost = new Map<string, Noted>();
  const found = Object.fromEntries(AUDITED.map((name) => [name, few()])) as Record<
    Audited,
    ReturnType<typeof few>
  >;
  const ended: Partial<Record<OutcomeKind, number>> = {};
  let entriesCount = 0;
  let rulings = 0;

  const isWithin = ({ at }: { readonly at: number }) => at >= from && at < until;

  /** What only all entries about an action tell. */
  function judge(entries: readonly ReadEntry[]): void {
    const [{ actionId } = { actionId: '' }] = entries;
    found.violations.add(...violationsIn(entries, readers.workflowIdOf(actionId)).filter(isWithin));
    const closed = entries.findLast((entry) => kindOf(entry) === 'closed');
    if (!closed) return;
    const review = reviewOn(actionId, entries);
    if (review && !review.concluded) {
      const {
        dueAt,
        review: { requirement },
      } = review;
      const reviewers = `${peopleIn(requirement).join(', ')} (${groupsIn(requirement)})`;
      reviews.set(actionId, { dueAt, reviewers });
    }
    if (!isWithin(closed)) return;
    const outcome = oneOf(OUTCOMES, partOf(closed.body, 'outcome', 'kind'));
    if (outcome) ended[outcome] = (ended[outcome] ?? 0) + 1;
    const state = readers.stateOf(entries);
    if (state) found.unansweredPages.add(...unansweredIn(actionId, closed.at, state));
  }

  /** What the entry itself tells. */
  function note(entry: ReadEntry): void {
    const { actionId: about, at, body } = entry;
    switch (entry.kind) {
      case 'ruled':
        rulings += 1;
        return;
      case 'settled': {
        const { settlement } = onRecord(about, runOf(entry), [entry]).settled ?? {};
        if (settlement?.kind === 'brokenGlass')
          found.brokenGlass.add({ at, about, what: brokenGlassText(settlement) });
        return;
      }
      case 'lost':
        lost.set(about, { at, about, what: textAt(body, 'reason') ?? 'its workflow is gone' });
        return;
      case 'holdPlaced': {
        const rule = textAt(body, 'order', 'rule');
        const reason = textAt(body, 'order', 'reason');
        if (rule && reason) found.anomalies.add({ at, about, what: `the rule ${rule}: ${reason}` });
        return;
      }
      case 'refusedAtAdmit': {
        const anomaly = textAt(body, 'anomaly');
        if (anomaly) found.anomalies.add({ at, about, what: `its agent asks for too much: ${anomaly}` });
        return;
      }
      case 'reviewed':
        if (partOf(body, 'result', 'kind') === 'overdue') overdue(about, at, partOf(body, 'openUntil'));
        return;
      case 'enrolled':
      case 'granted':
      case 'demoted': {
        const change = readers.standingIn(entry);
        if (change && change.kind !== 'unreadable')
          found.standing.add({ at, about, what: changeText(change) });
        return;
      }
      case 'rulesChanged':
        if (isRulesChanged(entry)) found.rules.add({ at, about, what: rulesText(entry.body) });
        return;
      case 'erasureOrdered':
        found.erasures.add(
          ...erasuresIn([entry]).map((erasure) => ({ at, about, what: erasureText(erasure) })),
        );
        return;
      case 'erased':
        found.erased.add({ at, about, what: `what it said was erased: it was "${entry.was}"` });
        return;
      case 'unreadable':
        found.unreadable.add({ at, about, what: `entry ${entry.seq}: ${entry.body.reason}` });
    }
  }

  function overdue(about: string, at: number, openUntil: unknown): void {
    const review = reviews.get(about);
    const when = review ? ` at ${iso(review.dueAt)} for ${review.reviewers}` : '';
    const after = openUntil === undefined ? '' : '; it still can be made';
    found.overdueReviews.add({ at, about, what: `its review was due${when}, and nobody made it${after}` });
  }

  return {
    add(entry: ReadEntry): void {
      if (entry.at >= until) return;
      const over = actions.add(entry);
      if (over) judge(over);
      if (isWithin(entry)) {
        entriesCount += 1;
        note(entry);
      }
      const kind = kindOf(entry);
      if (kind === 'reviewed' || kind === 'reviewSkipped') reviews.delete(entry.actionId);
      const lostBefore = kind === 'closed' ? lost.get(entry.actionId) : undefined;
      if (lostBefore)
        lost.set(entry.actionId, { ...lostBefore, what: `${lostBefore.what}; a person ended it since` });
    },
    older: actions.older,
    complete: (entries: readonly ReadEntry[]): void => judge(entries.filter(({ at }) => at < until)),
    audit(): WeeklyAudit {
      for (const entries of actions.open()) judge(entries);
      found.lost.add(...lost.values());
      for (const [about, { dueAt, reviewers }] of reviews)
        if (isWithin({ at: dueAt }))
          found.overdueReviews.add({
            at: dueAt,
            about,
            what: `its review was due at ${iso(dueAt)} for ${reviewers}, and nobody made it`,
          });
      const lists = Object.fromEntries(AUDITED.map((name) => [name, found[name].all()])) as Record<
        Audited,
        Few
      >;
      return { entries: entriesCount, rulings, ended, ...lists };
    },
  };
}

/** The pages about an action that did not arrive, and those that nobody answered in time. Silence in a window has a meaning, so it is an answer. */
function unansweredIn(about: string, at: number, { deliveries, outcome }: ActionState): Noted[] {
  const pages = deliveries.filter(({ by }) => by === 'page');
  const arrived = pages.filter(({ delivered, aside }) => delivered && !aside);
  return [
    ...pages
      .filter(({ delivered }) => !delivered)
      .map(({ whom, detail }) => ({ at, about, what: `the page to ${whom} did not arrive: ${detail}` })),
    ...(outcome?.kind === 'expired' && arrived.length > 0
      ? [
          {
            at,
            about,
            what: `${[...new Set(arrived.map(({ whom }) => whom))].join(', ')} got ${arrived.length === 1 ? 'a page' : `${arrived.length} pages`}, and nobody decided in time`,
          },
        ]
      : []),
  ];
}

function rulesText({ before, changes, origin }: RulesChanged): string {
  if (before === null) return 'the first rules were loaded';
  const files = changes.map(({ file, kind }) => `${file} was ${kind}`).join(', ');
  if (origin.kind === 'unknown') return `${files}; nobody knows who changed it: ${origin.reason}`;
  const commits = origin.commits.map(({ id, author, subject, approvedBy }) => {
    const approval = approvedBy.length === 0 ? 'nobody approved it' : `approved by ${approvedBy.join(', ')}`;
    return `${id.slice(0, 12)} by ${author}, "${subject}" (${approval})`;
  });
  const uncommitted =
    origin.uncommitted.length === 0 ? [] : [`not committed: ${origin.uncommitted.join(', ')}`];
  return [files, ...commits, ...uncommitted].join('; ');
}
