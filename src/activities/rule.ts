import { parseProposal } from '../contract/proposal.ts';
import type { Action, Tier } from '../domain/action.ts';
import { circumstancesOf } from '../domain/calendar.ts';
import { digestOf } from '../domain/digest.ts';
import { assessImpact, type Impact } from '../domain/impact.ts';
import type { Installation } from '../domain/installation.ts';
import type { Fault } from '../domain/json.ts';
import { type CheckParams, resolve } from '../domain/resolve.ts';
import { type Ruling, rule } from '../domain/ruling.ts';
import type { Ledger } from './ledger.ts';

export type Assessment =
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  | { readonly kind: 'assessed'; readonly action: Action; readonly impact: Impact };

export interface RuleInput {
  readonly action: Action;
  readonly impact: Impact;
  readonly declaredTier?: Tier | undefined;
  readonly runId: string;
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export interface RuleDeps {
  readonly installation: Installation;
  readonly checkParams: CheckParams;
  readonly ledger: Ledger;
}

export function createRule({ installation, checkParams, ledger }: RuleDeps) {
  const assess = async (input: unknown): Promise<Assessment> => {
    const parsed = parseProposal(input);
    if (parsed.kind === 'refused') return parsed;
    const resolved = resolve(installation, parsed.proposal, checkParams);
    if (resolved.kind === 'refused') return resolved;
    const { action, type } = resolved;
    return { kind: 'assessed', action, impact: assessImpact(installation, type, action.target) };
  };

  return {
    /** What would run and what it may do, or every fault of the proposal. Changes nothing. */
    assess,

    /** What the agent may do. INVARIANT 9: in the ledger before anything that rests on it. */
    rule: async ({ action, impact, declaredTier, runId, at }: RuleInput): Promise<Ruling> => {
      const circumstances = circumstancesOf(installation, action, at);
      const ruling = rule(installation, action, declaredTier, circumstances);
      const body = { action, impact, circumstances, ruling };
      await ledger.append({
        // With other rules after a crash, or in a freeze that began meanwhile, it is another ruling and another entry.
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
