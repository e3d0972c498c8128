import { rule } from '../../domain/ruling/ruling.ts';
import { type Fault, refusalAt } from '../../domain/shared/json.ts';
import { resolvedAgain } from '../shared/resolve-proposal-again.ts';
import { caseOf } from '../shared/step.ts';
import { askedOf } from './asked.ts';
import { createImpact } from './impact.ts';
import type { RuleDeps } from './rule.ts';
import { editIn } from './verify-edit.ts';

export type EditCheck =
  | { readonly kind: 'sound' }
  | { readonly kind: 'refused'; readonly faults: readonly Fault[] };

export function createRevise(deps: RuleDeps) {
  const { installation, authorize } = deps;
  const assess = createImpact(deps);
  return {
    /**
     * Whether an action could be what a person edits it to, or why not: the parameters do not fit its type, or the rules would
     * forbid it, for example because nobody would be left to approve it. Changes nothing.
     *
     * @param jws the signed edit
     */
    revise: async (jws: string): Promise<EditCheck> => {
      const caseNow = await caseOf(deps);
      const { params = {}, person } = editIn(caseNow, jws);
      const { record, at } = caseNow;
      const resolution = await resolvedAgain(deps, record, params);
      if (resolution.kind === 'refused') return resolution;
      const { action, type, proposal } = resolution;
      const impact = await assess(action, type, at);
      const editors = [...record.edits.map(({ by }) => by), person];
      const { asked } = await askedOf(deps, { action, impact, proposal, editors }, at);
      const ruling = rule(installation, authorize, asked);
      if (ruling.kind === 'permit') return { kind: 'sound' };
      return refusalAt('the edit', `is forbidden: ${ruling.reasons.join('; ')}`);
    },
  };
}
