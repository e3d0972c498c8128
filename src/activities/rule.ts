import type { Action, Proposal } from '../domain/action.ts';
import { circumstancesOf } from '../domain/calendar.ts';
import { ruleAndCompare } from '../domain/counterfactual.ts';
import { digestOf } from '../domain/digest.ts';
import type { Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Authorize } from '../domain/policy.ts';
import type { Ruling } from '../domain/ruling.ts';
import type { Ledger } from './ledger.ts';
import { agentStanding, enrolledFact } from './standing.ts';

export interface RuleInput {
  readonly action: Action;
  readonly impact: Impact;
  /** Why it is ruled on again. */
  readonly drift?: readonly string[] | undefined;
  /** Recorded with the ruling, so that it can be explained from the ledger alone. Of it, only the declared tier counts. */
  readonly proposal: Proposal;
  readonly runId: string;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export interface RuleDeps {
  readonly installation: Installation;
  /** The installation's policies. */
  readonly authorize: Authorize;
  readonly ledger: Ledger;
}

export function createRule({ installation, authorize, ledger }: RuleDeps) {
  return {
    /** What the agent may do. INVARIANT 9: in the ledger before anything that rests on it. */
    rule: async ({ action, impact, proposal, drift = [], runId, at }: RuleInput): Promise<Ruling> => {
      const circumstances = circumstancesOf(installation, action, at);
      const { held, begins } = await agentStanding({ installation, ledger }, action, at);
      const { declaredTier } = proposal;
      const asked = { action, impact, held, declaredTier, circumstances, at };
      const ruled = ruleAndCompare(installation, authorize, asked);
      // Without an authority it was not ruled on what the agent is: that a worker has no such agent is no start for it.
      if (begins && ruled.authority) await ledger.append(enrolledFact(begins));
      const again = drift.map((reason) => `asked again: ${reason}`);
      const ruling = { ...ruled, reasons: [...again, ...ruled.reasons] };
      const body = { proposal, action, impact, circumstances, ruling };
      await ledger.append({
        // With other rules, another impact or standing, or in a freeze that began meanwhile, it is another ruling and
        // another entry.
        eventId: `${action.id}/${runId}/ruled/${digestOf(body)}`,
        actionId: action.id,
        kind: 'ruled',
        at,
        body,
      });
      return ruling;
    },
  };
}
