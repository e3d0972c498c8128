import type { Action, Proposal } from '../domain/action.ts';
import type { Impact } from '../domain/impact.ts';
import type { Fault, Json } from '../domain/json.ts';
import { rule } from '../domain/ruling.ts';
import { type AssessDeps, createAssess } from './assess.ts';
import { askedOf, type RuleDeps } from './rule.ts';

export interface ReviseInput {
  /** As the agent made it. */
  readonly proposal: Proposal;
  /** What a person wants instead of its parameters. */
  readonly params: { readonly [name: string]: Json };
  /** Who changed it, the last one too. */
  readonly editors: readonly string[];
  /** Milliseconds since the epoch, the workflow's time. */
  readonly at: number;
}

export type Revised =
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] }
  | { readonly kind: 'revised'; readonly action: Action; readonly impact: Impact };

export interface ReviseDeps extends AssessDeps, RuleDeps {}

export function createRevise(deps: ReviseDeps) {
  const { reassess } = createAssess(deps);
  return {
    /**
     * What an action would be with other parameters, or why it cannot be: they do not fit its type, or the rules would
     * forbid it, also because nobody would be left to approve it. Changes nothing.
     */
    revise: async ({ proposal, params, editors, at }: ReviseInput): Promise<Revised> => {
      const assessed = await reassess({ ...proposal, params }, proposal, at);
      if (assessed.kind === 'refused') return assessed;
      const { action, impact } = assessed;
      const { asked } = await askedOf(deps, { action, impact, proposal, editors, at });
      const { kind, reasons } = rule(deps.installation, deps.authorize, asked);
      if (kind === 'permit') return { kind: 'revised', action, impact };
      return {
        kind: 'refused',
        faults: [{ where: 'the edit', problem: `is forbidden: ${reasons.join('; ')}` }],
      };
    },
  };
}
