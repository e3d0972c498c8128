import type { OutcomeKind } from '../../../src/domain/action/outcome.ts';
import type { Ending } from '../../../src/domain/simulation/ending.ts';

/** How an action ended that was ruled on at the begin of time. */
export const ended = (outcome: OutcomeKind, changes: Partial<Ending> = {}): Ending => ({
  ruledAt: 0,
  ran: true,
  outcome,
  ...changes,
});
