import type { Action, Plan, Proposal } from '../action/action.ts';
import type { Watch } from '../analysis/metrics.ts';
import type { Impact } from '../risk/impact.ts';
import type { Ruling } from '../ruling/ruling.ts';
import { digestOf } from '../shared/digest.ts';

/**
 * What an admitted action needs while it runs, should the ledger be away: sealed by the step that admitted it. It is good for that
 * run of that action alone. INVARIANT 9: taking an effect back never waits for our own database.
 */
export interface Ticket {
  readonly actionId: string;
  readonly runId: string;
  /** The digest that was admitted. */
  readonly digest: string;
  /** `whatWasRuled` of what people were told: a page can say it without the ledger. */
  readonly ruled: string;
  readonly fencingToken: number;
  readonly rollback: Plan | null;
  readonly watch: Watch | null;
  /** How long it is watched at the least, in milliseconds. */
  readonly watchForMs: number;
  /** What each metric was before, by its name. */
  readonly baseline: Readonly<Record<string, number>>;
}

/** The digest of what was ruled, and on what. */
export const whatWasRuled = ({
  proposal,
  action,
  impact,
  ruling,
}: {
  readonly proposal: Proposal;
  readonly action: Action;
  readonly impact: Impact;
  readonly ruling: Ruling;
}): string => digestOf({ proposal, action, impact, ruling });
