import type { Action, Proposal } from '../../domain/action/action.ts';
import { holdsFor } from '../../domain/approval/delegation.ts';
import { circumstancesOf } from '../../domain/calendar/calendar.ts';
import type { Impact } from '../../domain/risk/impact.ts';
import { type DelegationDeps, readDelegations } from '../shared/delegations.ts';
import { agentStanding } from '../shared/standing.ts';

/** What is ruled on: an action as it resolves now, and the people who edited it. */
export interface Subject {
  readonly action: Action;
  readonly impact: Impact;
  readonly proposal: Proposal;
  readonly editors: readonly string[];
}

/** Everything that an action is ruled on by, as it stands now. @param at milliseconds since the epoch */
export async function askedOf(
  { installation, ledger }: Pick<DelegationDeps, 'installation' | 'ledger'>,
  { action, impact, proposal, editors }: Subject,
  at: number,
) {
  const [{ held, begins }, delegations] = await Promise.all([
    agentStanding({ installation, ledger }, action, at),
    readDelegations({ ledger, installation }),
  ]);
  const asked = {
    action,
    impact,
    held,
    declaredTier: proposal.declaredTier,
    circumstances: circumstancesOf(installation, action, at),
    at,
    editors,
    delegations: delegations.filter((delegation) => holdsFor(delegation, action, at)),
  };
  return { asked, begins };
}
