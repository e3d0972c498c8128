import type { Tier } from '../action/action.ts';
import type { OutcomeKind } from '../action/outcome.ts';
import { type ThreeAnswers, threeAnswers } from '../explanation/three-answers.ts';
import { kindOf } from '../ledger/erasure.ts';
import type { ReadEntry } from '../ledger/ledger.ts';
import { lastOnRecord } from '../record/on-record.ts';
import { hasRun } from '../record/review-due.ts';
import { grouped } from '../shared/grouped.ts';
import { following, type Readers } from './following.ts';
import { type Few, few } from './noted.ts';
import type { Period } from './period.ts';

/** One action that touched production, with the three questions answered. */
export interface Accounted extends ThreeAnswers {
  readonly actionId: string;
  readonly title: string;
  /** When it ran: milliseconds since the epoch. */
  readonly at: number;
  readonly agent: string;
  readonly service: string;
  readonly environment: string;
  readonly tier: Tier;
  /** Null: it was not over when the month was. */
  readonly outcome: OutcomeKind | null;
}

/** How many actions ran, and how they ended. */
export interface Total {
  readonly of: string;
  readonly ran: number;
  readonly succeeded: number;
  /** They were rolled back, or should have been. */
  readonly wentWrong: number;
  /** They ran without the approval of a person. */
  readonly unapproved: number;
}

export interface MonthlyAccount {
  /** In the order in which they ran. */
  readonly actions: readonly Accounted[];
  readonly totals: Readonly<Record<'tier' | 'agent' | 'service', readonly Total[]>>;
  /** Actions that ran, and of which no more can be told, because what was recorded was erased or cannot be read. */
  readonly untold: Few;
}

const WENT_WRONG: readonly OutcomeKind[] = [
  'rolledBack',
  'rollbackFailed',
  'rollbackUnverified',
  'revoked',
  'lost',
];

interface Told extends Accounted {
  readonly unapproved: boolean;
}

/**
 * Accounts for each action that touched production in a period: it had an effect there, or may have had one. `add` takes the entries of the
 * ledger in their order; `complete` takes all entries about each of the `older` actions.
 *
 * @param isProduction whether an environment serves customers
 */
export function accounting(period: Period, readers: Readers, isProduction: (environment: string) => boolean) {
  const actions = following();
  const accounted: Told[] = [];
  const untold = few();

  const isBeforeEnd = ({ at }: ReadEntry) => at < period.until;

  function tell(entries: readonly ReadEntry[]): void {
    // A lost action may have run, also where no attempt is on record.
    const ran =
      entries.find((entry) => kindOf(entry) === 'executed') ??
      entries.find((entry) => kindOf(entry) === 'lost');
    if (!ran || ran.at < period.from) return;
    const { actionId, at } = ran;
    const executed = lastOnRecord(actionId, entries)?.executed;
    const state = readers.stateOf(entries);
    if (!state?.action || !state.ruling || (!executed && ran.kind !== 'lost')) {
      untold.add({
        at,
        about: actionId,
        what: 'it ran; what else is on record was erased or cannot be read',
      });
      return;
    }
    const { action, ruling, settlement, outcome } = state;
    if (!isProduction(action.environment) || (executed && !hasRun(executed))) return;
    accounted.push({
      actionId,
      title: action.title,
      at,
      agent: action.agent.id,
      service: action.target,
      environment: action.environment,
      tier: ruling.tier,
      outcome: outcome?.kind ?? null,
      unapproved: settlement?.kind !== 'approved',
      ...threeAnswers(state),
    });
  }

  return {
    add(entry: ReadEntry): void {
      const ended = isBeforeEnd(entry) ? actions.add(entry) : undefined;
      if (ended) tell(ended);
    },
    older: actions.older,
    complete: (entries: readonly ReadEntry[]): void => tell(entries.filter(isBeforeEnd)),
    account(): MonthlyAccount {
      for (const entries of actions.open()) tell(entries);
      const inOrder = accounted.toSorted((a, b) => a.at - b.at);
      return {
        actions: inOrder.map(({ unapproved: _, ...action }) => action),
        totals: {
          tier: totalsBy(inOrder, ({ tier }) => `tier ${tier}`),
          agent: totalsBy(inOrder, ({ agent }) => agent),
          service: totalsBy(inOrder, ({ service }) => service),
        },
        untold: untold.all(),
      };
    },
  };
}

function totalsBy(actions: readonly Told[], nameOf: (action: Told) => string): Total[] {
  const groups = grouped(actions, nameOf).map((group) => ({
    of: group.map(nameOf)[0] ?? '',
    ran: group.length,
    succeeded: group.filter(({ outcome }) => outcome === 'succeeded').length,
    wentWrong: group.filter(({ outcome }) => outcome !== null && WENT_WRONG.includes(outcome)).length,
    unapproved: group.filter(({ unapproved }) => unapproved).length,
  }));
  return groups.toSorted((a, b) => (a.of < b.of ? -1 : 1));
}
